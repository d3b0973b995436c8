"""Reads a QR code from its dots, by the standard and without the library that drew it.

Enough for clean print: versions 1 to 10 at level M, numeric, alphanumeric and byte segments, no error correction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

Dots = list[list[bool]]

LEVEL_M = 0b00
ALIGNMENT = {
    1: (), 2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34), 7: (6, 22, 38), 8: (6, 24, 42),
    9: (6, 26, 46), 10: (6, 28, 50),
}  # fmt: skip
BLOCKS = {  # data bytes of each block at level M
    1: (16,), 2: (28,), 3: (44,), 4: (32, 32), 5: (43, 43), 6: (27,) * 4, 7: (31,) * 4, 8: (38, 38, 39, 39),
    9: (36, 36, 36, 37, 37), 10: (43, 43, 43, 43, 44),
}  # fmt: skip
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda y, x: (y + x) % 2,
    lambda y, _: y % 2,
    lambda _, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)


def find_dots(picture: Image.Image, module: int) -> Dots:
    """Find the code on a printed slip by its three corner marks; `module` is its dot size on paper.

    Raises AssertionError where there is none, or several.
    """
    grey = picture.convert("L")
    black = grey.load()
    assert black is not None
    corners = []
    for y in range(grey.height - 7 * module):
        for x in range(grey.width - 7 * module):
            if (
                black[x, y]
                or black[x + 1, y + 1]
                or (x and not black[x - 1, y])
                or (y and not black[x, y - 1])
            ):
                continue
            grid = [
                [not black[x + i * module + module // 2, y + j * module + module // 2] for i in range(7)]
                for j in range(7)
            ]
            ring = all(grid[0]) and all(grid[6]) and all(row[0] and row[6] for row in grid)
            moat = not any(grid[1][1:6] + grid[5][1:6]) and not any(row[1] or row[5] for row in grid[1:6])
            if ring and moat and all(all(row[2:5]) for row in grid[2:5]):
                corners.append((x, y))
    assert len(corners) == 3, f"A code has three corner marks; found {len(corners)}."
    (left, top), (right, _) = corners[0], corners[1]
    size = (right - left) // module + 7
    middle = module // 2
    return [
        [not black[left + i * module + middle, top + j * module + middle] for i in range(size)]
        for j in range(size)
    ]


def read(dots: Dots) -> str:
    """The text of a code of level M given as rows of dark modules without quiet zone."""
    size = len(dots)
    version = (size - 17) // 4
    form = [dots[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)]
    bits = int("".join("01"[bit] for bit in form[:5]), 2) ^ 0b10101
    assert bits >> 3 == LEVEL_M, "The slip's codes are of level M."
    masked = MASKS[bits & 0b111]
    fixed = _fixed(version, size)
    stream: list[bool] = []
    for turn, right in enumerate([x for x in range(size - 1, 0, -2) if x > 6] + [5, 3, 1]):
        for y in range(size - 1, -1, -1) if turn % 2 == 0 else range(size):
            stream += [dots[y][x] ^ (masked(y, x) == 0) for x in (right, right - 1) if (y, x) not in fixed]
    codewords = [
        int("".join("01"[bit] for bit in stream[at : at + 8]), 2) for at in range(0, len(stream) - 7, 8)
    ]
    return _segments("".join(f"{word:08b}" for word in _in_order(codewords, version)), version)


def _fixed(version: int, size: int) -> set[tuple[int, int]]:
    """Modules that carry no data."""
    fixed = {(y, x) for y in range(9) for x in range(9)}
    fixed |= {(y, x) for y in range(9) for x in range(size - 8, size)}
    fixed |= {(x, y) for y in range(9) for x in range(size - 8, size)}
    fixed |= {(6, x) for x in range(size)} | {(y, 6) for y in range(size)}
    centres = [(y, x) for y in ALIGNMENT[version] for x in ALIGNMENT[version]]
    for y, x in centres:
        if (y, x) not in ((6, 6), (6, size - 7), (size - 7, 6)):
            fixed |= {(y + j, x + i) for j in range(-2, 3) for i in range(-2, 3)}
    if version >= 7:
        fixed |= {(y, x) for y in range(6) for x in range(size - 11, size - 8)}
        fixed |= {(x, y) for y in range(6) for x in range(size - 11, size - 8)}
    return fixed


def _in_order(codewords: list[int], version: int) -> list[int]:
    """The data bytes, taken out of the interleaved blocks."""
    lengths = BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in lengths]
    rest = iter(codewords)
    for at in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if at < length:
                block.append(next(rest))
    return [word for block in blocks for word in block]


def _segments(bits: str, version: int) -> str:
    text, at = "", 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at] or "0", 2)

    while at + 4 <= len(bits) and (mode := take(4)):
        wide = version >= 10
        if mode == 1:
            left = take(12 if wide else 10)
            while left:
                digits = min(3, left)
                text += f"{take((4, 7, 10)[digits - 1]):0{digits}}"
                left -= digits
        elif mode == 2:
            left = take(11 if wide else 9)
            while left:
                pair = take(11) if left > 1 else take(6)
                text += (ALPHANUMERIC[pair // 45] if left > 1 else "") + ALPHANUMERIC[pair % 45]
                left -= min(2, left)
        else:
            assert mode == 4, f"Mode {mode} is not used on slips."
            text += bytes(take(8) for _ in range(take(16 if wide else 8))).decode()
    return text
