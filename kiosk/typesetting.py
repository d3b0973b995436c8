"""The shipped fonts, and where lines of Chinese and English text may break (pure).

Sizes are dots; a slip printer has eight dots a millimetre, so 32 dots are characters of 4 mm.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont


FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
TEXT_FONT = FONTS / "slip" / "NotoSansSC_500Medium.ttf"
NUMBER_FONT = FONTS / "web" / "noto-sans-sc-latin-wght-normal.woff2"
NUMBER_WEIGHT = 800


PAUSES = frozenset("，。、；：！？）》」』】,.;:!?)")
NOT_FIRST = frozenset(" ，。、；：！？）》」』】〕％%·…—–,.;:!?)]")
NOT_LAST = frozenset("（《「『【〔([")
# What must not be torn: a number with its unit, a word; else single characters and spaces.
PIECES = re.compile(
    r"[0-9]+(?:[—–\-:./][0-9]+)* ?(?:分钟|号窗口|人|个|次|号)?"
    r"|[^\W0-9\u2e80-\U0003ffff_][^\s\u2e80-\U0003ffff]*|\s+|."
)


@lru_cache(maxsize=64)
def text_font(size: int) -> ImageFont.FreeTypeFont:
    """The shipped Chinese font (all of GB 2312 and Latin), medium weight, at `size` dots."""
    from PIL import ImageFont  # noqa: PLC0415 - loaded with the first slip

    return ImageFont.truetype(str(TEXT_FONT), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=64)
def number_font(size: int) -> ImageFont.FreeTypeFont:
    """Heavy Latin letters and digits for ticket numbers, at `size` dots."""
    from PIL import ImageFont  # noqa: PLC0415 - loaded with the first slip

    font = ImageFont.truetype(str(NUMBER_FONT), size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([NUMBER_WEIGHT])
    return font


def clean(text: str) -> str:
    """Text without control, direction-changing and unassigned characters; any white space is one space."""
    spaced = re.sub(r"\s+", " ", text)
    return "".join(c for c in spaced if not unicodedata.category(c).startswith("C")).strip()


@lru_cache(maxsize=8192)
def _advance(piece: str, size: int) -> float:
    return text_font(size).getlength(piece)


@lru_cache(maxsize=512)
def wrap(text: str, size: int, width: int) -> tuple[str, ...]:
    """The text in lines of at most `width` dots: the fewest possible, then the best looking.

    Lines end after a mark rather than inside a phrase, and are about equally long.  No line starts with a
    closing mark, no number leaves its unit, nothing is cut off; only a word wider than a line is broken.
    """
    pieces = _glued(clean(text), size, width)
    ends = [0.0]
    for piece in pieces:
        ends.append(ends[-1] + _advance(piece, size))
    # best[i]: (number of lines, ugliness, start of the last line) of the first i pieces
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, len(pieces) + 1):
        ways: list[tuple[int, float, int]] = []
        for start in range(end - 1, -1, -1):
            length = ends[end - 1] + _advance(pieces[end - 1].rstrip(), size) - ends[start]
            if ways and length > width:
                break
            ugliness = best[start][1] + (1 - length / width) ** 2 + _torn(pieces, end)
            ways.append((best[start][0] + 1, ugliness, start))
        best.append(min(ways))
    return _lines(pieces, [start for _, _, start in best])


def _torn(pieces: list[str], at: int) -> float:
    """How much it hurts to end a line before piece `at`: nothing where a reader pauses, little at a space."""
    if at == len(pieces) or pieces[at][0] in NOT_LAST or pieces[at - 1].rstrip()[-1] in PAUSES:
        return 0.0
    return 0.05 if pieces[at - 1].endswith(" ") else 0.3


def _lines(pieces: list[str], starts: list[int]) -> tuple[str, ...]:
    """Walk the chosen starts back from the end."""
    lines: list[str] = []
    end = len(pieces)
    while end:
        lines.append("".join(pieces[starts[end] : end]).strip())
        end = starts[end]
    return tuple(reversed(lines))


def _glued(text: str, size: int, width: int) -> list[str]:
    """The pieces of a text between which a line may break; a space belongs to the piece before it."""
    pieces: list[str] = []
    open_bracket = False
    for piece in PIECES.findall(text):
        if pieces and (open_bracket or piece[0] in NOT_FIRST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
        open_bracket = piece[-1] in NOT_LAST
    return [part for piece in pieces for part in _narrow(piece, size, width)]


def _narrow(piece: str, size: int, width: int) -> list[str]:
    """The piece itself, or its characters where it's wider than a whole line."""
    return [piece] if _advance(piece.rstrip(), size) <= width else list(piece)
