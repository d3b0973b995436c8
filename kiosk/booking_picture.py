"""How the slip of a booking looks on paper: day and time, code, what to bring (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from hall.qr import qr_matrix
from kiosk.paper_strip import Strip
from kiosk.slip_picture import Sizes, sizes_of
from kiosk.slip_words import sentences
from kiosk.typesetting import clean


@dataclass(frozen=True, slots=True)
class BookingSlip:
    """Every word of it, in the language in which was booked. `reprint` and `qr` are empty where there is none."""

    site_name: str
    title: str
    day: str
    time: str
    names: tuple[str, ...]
    helper: str
    code_label: str
    code: str
    bring: str
    papers: tuple[str, ...]
    advice: str
    printed: str
    foot: str
    reprint: str = ""
    qr: str = ""
    scan: str = ""


def render_booking(slip: BookingSlip, width_dots: int = 576) -> bytes:
    """The slip as a PNG of one bit a dot, 576 dots (80 mm paper) or 384 (58 mm) wide. Raises ValueError."""
    sizes = sizes_of(width_dots)
    strip = Strip(width_dots, sizes.margin)
    strip.text(clean(slip.site_name), sizes.site, bold=True)
    strip.gap(sizes.small // 3)
    strip.rule(thick=3)
    strip.gap(sizes.small)
    strip.text(slip.title, sizes.name, bold=True)
    if slip.reprint:
        strip.gap(sizes.small // 3)
        strip.tag(slip.reprint, sizes.body)
        strip.gap(sizes.body * 3 // 2)
    strip.text(slip.day, sizes.site)
    strip.gap(sizes.small // 2)
    strip.number(slip.time, sizes.list_number, strip.inner)
    strip.gap(sizes.small // 2)
    for name in slip.names:
        strip.text(clean(name), sizes.body)
    strip.text(slip.helper, sizes.body)
    strip.gap(sizes.small // 2)
    _code(strip, slip, sizes)
    _papers(strip, slip, sizes)
    strip.rule(dash=6)
    strip.gap(sizes.small // 3)
    for sentence in sentences(slip.advice):
        strip.text(sentence, sizes.small)
    strip.gap(sizes.small // 4)
    for line in (slip.printed, *sentences(slip.foot)):
        strip.text(line, sizes.small)
    return strip.png()


def _code(strip: Strip, slip: BookingSlip, sizes: Sizes) -> None:
    """What is typed at the kiosk, large and framed; for phones the picture of it."""
    top = strip.y
    strip.gap(sizes.small // 2)
    strip.text(slip.code_label, sizes.small)
    strip.gap(sizes.small // 4)
    strip.number(slip.code, sizes.count, strip.inner - 2 * sizes.small)
    strip.frame(top, padding=sizes.small // 2)
    strip.gap(sizes.small // 2)
    if slip.qr:
        matrix = qr_matrix(slip.qr)
        strip.gap(strip.code(matrix, min(sizes.module, strip.inner // len(matrix))))
        strip.text(slip.scan, sizes.small)
        strip.gap(sizes.small // 2)


def _papers(strip: Strip, slip: BookingSlip, sizes: Sizes) -> None:
    if not slip.papers:
        return
    strip.text(slip.bring, sizes.body, bold=True, box=(strip.margin, strip.inner))
    hanging = round(sizes.small * 1.4)
    for paper in slip.papers:
        top = strip.y
        strip.text("□", sizes.small, box=(strip.margin, hanging))
        strip.y = top
        strip.text(clean(paper), sizes.small, box=(strip.margin + hanging, strip.inner - hanging))
    strip.gap(sizes.small // 2)
