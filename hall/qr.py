"""QR codes as matrices and as one small SVG.

The mask pattern is fixed: choosing the best of eight costs four times the rest of the work and buys nothing
at the sizes used here.  Level M survives a crumpled slip; the quiet zone is the four modules of the standard.
"""

from __future__ import annotations

from functools import lru_cache

QUIET_ZONE = 4
MASK = 3

Matrix = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=64)
def qr_matrix(url: str) -> Matrix:
    """Modules of the code for `url`, dark = True, row by row, quiet zone included.

    Raises ValueError when the address is empty or longer than a code can hold.
    """
    if not url:
        message = "A code needs an address; leave it out where the hall has none (E2)."
        raise ValueError(message)
    import qrcode  # noqa: PLC0415 - it brings a drawing library of 5 MB with it
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=MASK)
    code.add_data(url)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def qr_svg(url: str) -> str:
    """The code for `url` as an SVG of one path on white, one unit a module, without any style (strict CSP).

    Raises ValueError as `qr_matrix` does.
    """
    matrix = qr_matrix(url)
    size = len(matrix)
    path = "".join(_strokes(y, row) for y, row in enumerate(matrix))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )


def _strokes(y: int, row: tuple[bool, ...]) -> str:
    """Path data of one row: each run of dark modules is one rectangle."""
    parts: list[str] = []
    x = 0
    while x < len(row):
        if not row[x]:
            x += 1
            continue
        end = row.index(False, x)  # the quiet zone ends every run
        parts.append(f"M{x} {y}h{end - x}v1h{x - end}z")
        x = end
    return "".join(parts)
