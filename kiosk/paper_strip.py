"""A paper strip of black dots that grows downwards as text, numbers, codes and rules are set on it (pure).

Text is drawn grey and cut to black and white at the end, which keeps strokes even without font hints.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kiosk.typesetting import number_font, text_font, wrap

if TYPE_CHECKING:
    from PIL import Image

    from hall.qr import Matrix

INK = 255
DARKEST_WHITE = 119  # a little below half of INK, because dots at the rim of a stroke fade on thermal paper
TO_PAPER = [255 if level <= DARKEST_WHITE else 0 for level in range(256)]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one line; `number` sets it in the heavy number font."""

    text: str
    size: int
    bold: bool = False
    number: bool = False

    @property
    def width(self) -> float:
        """Its width in dots."""
        return _width(self.text, self.size, number=self.number)

    @property
    def dots(self) -> tuple[Image.Image, tuple[int, int]]:
        """Its dots as a mask, and where the mask goes as seen from the start of the baseline."""
        return _dots(self.text, self.size, bold=self.bold, number=self.number)


@lru_cache(maxsize=1024)
def _width(text: str, size: int, *, number: bool) -> float:
    return (number_font if number else text_font)(size).getlength(text)


@lru_cache(maxsize=256)
def _dots(text: str, size: int, *, bold: bool, number: bool) -> tuple[Image.Image, tuple[int, int]]:
    """Most lines of a slip are the same on the next one, so each is drawn once."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - loaded with the first slip

    font = (number_font if number else text_font)(size)
    stroke = size / 80 if bold else 0.0
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text, anchor="ls", stroke_width=stroke))
    mask = Image.new("L", (max(1, right - left + 2), max(1, bottom - top + 2)))
    ImageDraw.Draw(mask).text((-left, -top), text, INK, font, anchor="ls", stroke_width=stroke)
    return mask, (left, top)


class Strip:
    """A strip of paper that grows downwards; `y` is where the next thing goes."""

    def __init__(self, width: int, margin: int) -> None:
        """Start with an empty strip of `width` dots and a margin on either side."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - loaded with the first slip

        self.width = width
        self.margin = margin
        self.y = margin
        self._image = Image.new("L", (width, 2048))
        self._draw = ImageDraw.Draw(self._image)

    @property
    def inner(self) -> int:
        """Dots between the margins."""
        return self.width - 2 * self.margin

    def room(self, height: int) -> None:
        """Make sure that `height` dots fit below `y`."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - loaded with the first slip

        if self.y + height > self._image.height:
            taller = Image.new("L", (self.width, 2 * (self.y + height)))
            taller.paste(self._image)
            self._image, self._draw = taller, ImageDraw.Draw(taller)

    def gap(self, height: int) -> None:
        """Leave `height` dots white."""
        self.room(height)
        self.y += height

    def line(self, spans: list[Span], x: float | None = None, ink: int = INK) -> None:
        """One line of runs on a common baseline, centred, or from `x`; moves `y` below it."""
        start = (self.width - sum(span.width for span in spans)) / 2 if x is None else x
        height = round(max(span.size * (0.86 if span.number else 1.3) for span in spans))
        self.room(height)
        baseline = self.y + round(max(span.size * (0.78 if span.number else 1.0) for span in spans))
        for span in spans:
            mask, (dx, dy) = span.dots
            self._image.paste(ink, (round(start) + dx, baseline + dy), mask)
            start += span.width
        self.y += height

    def text(self, text: str, size: int, *, bold: bool = False, box: tuple[int, int] | None = None) -> None:
        """Wrapped text, centred between the margins or left-aligned in `box` (x, width)."""
        x, width = box or (None, self.inner)
        for line in wrap(text, size, width):
            self.line([Span(line, size, bold)], x=x)

    def number(self, text: str, size: int, width: int, x: int | None = None) -> int:
        """A ticket number as big as `size` and `width` allow, trimmed to its ink, centred or from `x`.

        Moves `y` below it and gives its right edge.
        """
        widest = _width(text, size, number=True)
        mask, _ = _dots(text, min(size, int(size * width / widest)), bold=False, number=True)
        ink = mask.crop(mask.getbbox())
        self.room(ink.height)
        left = (self.width - ink.width) // 2 if x is None else x
        self._image.paste(INK, (left, self.y), ink)
        self.y += ink.height
        return left + ink.width

    def rule(self, *, thick: int = 2, dash: int = 0) -> None:
        """A line from margin to margin, dashed with dashes of `dash` dots."""
        self.room(thick)
        bottom = self.y + thick - 1
        if dash:
            for x in range(self.margin, self.width - self.margin, 2 * dash):
                end = min(x + dash, self.width - self.margin) - 1
                self._draw.rectangle((x, self.y, end, bottom), fill=INK)
        else:
            self._draw.rectangle((self.margin, self.y, self.width - self.margin - 1, bottom), fill=INK)
        self.y += thick

    @staticmethod
    def tag_width(text: str, size: int) -> int:
        """How wide `tag` makes this text."""
        return round(_width(text, size, number=False)) + 2 * (size // 2)

    def tag(self, text: str, size: int, x: int | None = None) -> None:
        """White on black in a rounded field, centred or from `x`; does not move `y`."""
        width = self.tag_width(text, size)
        height = round(size * 1.5)
        self.room(height)
        left = (self.width - width) // 2 if x is None else x
        field = (left, self.y, left + width - 1, self.y + height - 1)
        self._draw.rounded_rectangle(field, radius=size // 4, fill=INK)
        mask, (dx, dy) = Span(text, size, bold=True).dots
        self._image.paste(0, (left + size // 2 + dx, self.y + round(size * 1.12) + dy), mask)

    def band(self, text: str, size: int) -> None:
        """White on black from edge to edge: what nobody may overlook."""
        lines = wrap(text, size, self.inner)
        height = round(size * 1.3) * len(lines) + size // 2
        self.room(height)
        self._draw.rectangle((0, self.y, self.width - 1, self.y + height - 1), fill=INK)
        end = self.y + height
        self.y += size // 5
        for line in lines:
            self.line([Span(line, size, bold=True)], ink=0)
        self.y = end

    def frame(self, top: int, *, padding: int) -> None:
        """A rounded frame around what was set since `top`; moves `y` below it."""
        self.gap(padding)
        box = (self.margin, top, self.width - self.margin - 1, self.y - 1)
        self._draw.rounded_rectangle(box, radius=16, outline=INK, width=3)

    def code(self, matrix: Matrix, module: int, x: int | None = None) -> int:
        """A QR code of `module` dots a module, centred or from `x`, `y` staying; gives its edge."""
        from PIL import Image  # noqa: PLC0415 - loaded with the first slip

        size = len(matrix) * module
        self.room(size)
        left = (self.width - size) // 2 if x is None else x
        dots = Image.new("L", (len(matrix), len(matrix)))
        dots.putdata([INK if dark else 0 for row in matrix for dark in row])
        self._image.paste(dots.resize((size, size), Image.Resampling.NEAREST), (left, self.y))
        return size

    def png(self) -> bytes:
        """What was set so far, as a PNG of one bit a dot."""
        page = self._image.crop((0, 0, self.width, self.y + self.margin)).point(TO_PAPER, "1")
        out = io.BytesIO()
        page.save(out, "PNG", compress_level=3)
        return out.getvalue()
