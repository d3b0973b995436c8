"""How a slip looks: sizes, order and white space (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from hall.qr import qr_matrix
from kiosk.paper_strip import Span, Strip
from kiosk.slip_words import (
    CHINESE,
    ENGLISH,
    Slip,
    SlipTexts,
    SlipTicket,
    ahead_phrase,
    ahead_template,
    fill,
    free_phrase,
    names_of,
    printed_at,
    sentences,
    tags_of,
    wait_phrase,
    watch_phrase,
)
from kiosk.typesetting import clean, wrap


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes in dots for one paper width."""

    margin: int
    site: int
    number: int
    name: int
    body: int
    small: int
    count: int
    list_number: int
    module: int


SIZES = {
    576: Sizes(20, site=40, number=230, name=48, body=36, small=31, count=84, list_number=112, module=6),
    384: Sizes(10, site=34, number=170, name=40, body=31, small=28, count=68, list_number=88, module=6),
}


def render_png(slip: Slip, width_dots: int = 576) -> bytes:
    """The slip as a PNG of one bit a dot, 576 dots (80 mm paper) or 384 (58 mm) wide, as long as it needs.

    Raises ValueError for another width.
    """
    sizes = sizes_of(width_dots)
    strip = Strip(width_dots, sizes.margin)
    if slip.test:
        strip.band(slip.words.test, sizes.name)
        strip.gap(sizes.small // 2)
    strip.text(clean(slip.site_name), sizes.site, bold=True)
    strip.gap(sizes.small // 3)
    strip.rule(thick=3)
    strip.gap(sizes.small)
    if len(slip.tickets) == 1:
        _one_ticket(strip, slip, slip.tickets[0], sizes)
    else:
        _several_tickets(strip, slip, sizes)
    _foot(strip, slip, sizes)
    return strip.png()


def render_void(width_dots: int = 576) -> bytes:
    """The mark that ends a slip which was torn while printing, so that nobody waits with half a slip."""
    sizes = sizes_of(width_dots)
    strip = Strip(width_dots, 0)
    strip.gap(sizes.small)
    strip.band(CHINESE.void, sizes.name)
    strip.band(ENGLISH.void, sizes.body)
    return strip.png()


def _one_ticket(strip: Strip, slip: Slip, ticket: SlipTicket, sizes: Sizes) -> None:
    """The common slip: the number across the paper, everything centred below it."""
    strip.number(clean(ticket.number), sizes.number, strip.inner)
    strip.gap(sizes.small * 3 // 4)
    for index, name in enumerate(names_of(slip, ticket)):
        strip.text(name, sizes.body if index else sizes.name, bold=not index)
    tags = tags_of(slip, ticket, with_reprint=True)
    if tags:
        strip.gap(sizes.small // 3)
        strip.tag(" · ".join(tags), sizes.body)
        strip.gap(sizes.body * 3 // 2)
    strip.gap(sizes.small // 2)
    top = strip.y
    strip.gap(sizes.small // 2)
    if slip.cut_off:
        strip.text(slip.words.cut_off, sizes.body, bold=True)
        strip.gap(sizes.small // 6)
        strip.text(slip.words.cut_off_place, sizes.body)
    else:
        _count(strip, slip.words, ticket, sizes)
    if ticket.wait:
        strip.gap(sizes.small // 6)
        strip.text(wait_phrase(slip.words, ticket), sizes.body)
    strip.frame(top, padding=sizes.small // 2)
    strip.gap(sizes.small // 2)
    strip.text(clean(ticket.where), sizes.site, bold=True)
    strip.gap(sizes.small // 3)


def _several_tickets(strip: Strip, slip: Slip, sizes: Sizes) -> None:
    """Several matters (Q13): one block a ticket, so that each number can be told from its neighbours."""
    strip.text(fill(slip.words.several, n=len(slip.tickets)), sizes.body)
    if slip.reprint:
        strip.gap(sizes.small // 3)
        strip.tag(slip.words.reprint, sizes.body)
        strip.gap(sizes.body * 3 // 2)
    strip.gap(sizes.small // 2)
    for ticket in slip.tickets:
        strip.rule()
        strip.gap(sizes.small * 2 // 3)
        _block(strip, slip, ticket, sizes)
        strip.gap(sizes.small // 2)
    strip.rule()
    strip.gap(sizes.small // 2)


def _block(strip: Strip, slip: Slip, ticket: SlipTicket, sizes: Sizes) -> None:
    """Number (and lane) on one row, the words about it below, all from the left margin."""
    box = (strip.margin, strip.inner)
    right = strip.number(clean(ticket.number), sizes.list_number, strip.inner, x=strip.margin)
    below = strip.y
    label = " · ".join(tags_of(slip, ticket, with_reprint=False))
    if label:
        width = strip.tag_width(label, sizes.small)
        beside = right + sizes.small + width <= strip.width - strip.margin
        strip.y = below - sizes.small * 3 // 2 if beside else below + sizes.small // 2
        strip.tag(label, sizes.small, x=right + sizes.small if beside else strip.margin)
        strip.y = below if beside else strip.y + sizes.small * 3 // 2
    strip.gap(sizes.small // 3)
    for index, name in enumerate(names_of(slip, ticket)):
        strip.text(name, sizes.small if index else sizes.body, bold=not index, box=box)
    strip.text(ahead_phrase(slip.words, ticket), sizes.body, box=box)
    if ticket.wait:
        strip.text(wait_phrase(slip.words, ticket), sizes.small, box=box)
    strip.text(clean(ticket.where), sizes.body, bold=True, box=box)


def _foot(strip: Strip, slip: Slip, sizes: Sizes) -> None:
    """Time, advice, the code for phones, and whom to call when something is wrong."""
    strip.text(printed_at(slip), sizes.small)
    strip.gap(sizes.small // 3)
    strip.rule(dash=6)
    strip.gap(sizes.small // 3)
    for sentence in sentences(watch_phrase(slip)):
        strip.text(sentence, sizes.small)
    if slip.qr_url:
        _phone_code(strip, slip, slip.qr_url, sizes)
    else:
        strip.gap(sizes.small // 4)
    for sentence in sentences(free_phrase(slip)):
        strip.text(sentence, sizes.small)
    if slip.test:
        strip.gap(sizes.small // 2)
        strip.band(slip.words.test, sizes.name)


def _phone_code(strip: Strip, slip: Slip, url: str, sizes: Sizes) -> None:
    """The code with its caption: beside it on wide paper, below it on narrow paper."""
    matrix = qr_matrix(url)
    module = min(sizes.module, strip.inner // len(matrix))
    edge = len(matrix) * module
    room = strip.inner - edge
    if room < 5 * sizes.body:
        strip.code(matrix, module)
        strip.gap(edge)
        strip.text(slip.words.scan, sizes.small, bold=True)
        strip.text(slip.words.no_phone_needed, sizes.small)
        strip.gap(sizes.small // 3)
        return
    strip.code(matrix, module, x=strip.margin)
    top, box = strip.y, (strip.margin + edge, room)
    caption = len(wrap(slip.words.scan, sizes.body, room)) * sizes.body
    note = len(wrap(slip.words.no_phone_needed, sizes.small, room)) * sizes.small
    strip.gap(max(0, (edge - round(1.3 * (caption + note)) - sizes.small // 3) // 2))
    strip.text(slip.words.scan, sizes.body, bold=True, box=box)
    strip.gap(sizes.small // 3)
    strip.text(slip.words.no_phone_needed, sizes.small, box=box)
    strip.y = max(strip.y, top + edge)
    strip.gap(sizes.small // 4)


def sizes_of(width_dots: int) -> Sizes:
    """The sizes for one paper width. Raises ValueError for another."""
    if width_dots not in SIZES:
        message = f"Slips are 576 dots (80 mm) or 384 dots (58 mm) wide, not {width_dots}."
        raise ValueError(message)
    return SIZES[width_dots]


def _count(strip: Strip, words: SlipTexts, ticket: SlipTicket, sizes: Sizes) -> None:
    """The same words with a count that can be read at arm's length without glasses."""
    before, blank, after = ahead_template(words, ticket).partition("{n}")
    if not blank:
        strip.text(before, sizes.body)
        return
    count = Span(str(ticket.ahead), sizes.count, number=True)
    spans = [Span(before, sizes.body), count, Span(after, sizes.body)]
    if sum(span.width for span in spans) <= strip.inner - sizes.body:
        strip.line([span for span in spans if span.text])
    else:
        strip.text(before, sizes.body)
        strip.line([count])
        strip.text(after, sizes.body)
