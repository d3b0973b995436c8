"""The slip a citizen takes home from the kiosk: as a picture for any printer and as plain text (pure).

One slip carries one to five tickets (Q13).  It shows the number, the line, how many are ahead, an honest wait
or none, where to go, and a code for phones only where the hall has a public address (E2).  It never carries
a name or an ID number.
"""

from __future__ import annotations

from hall.qr import qr_svg
from kiosk.slip_picture import render_png, render_void
from kiosk.slip_words import (
    CHINESE,
    ENGLISH,
    Slip,
    SlipTexts,
    SlipTicket,
    ahead_phrase,
    fill,
    free_phrase,
    names_of,
    printed_at,
    tags_of,
    wait_phrase,
    watch_phrase,
)
from kiosk.typesetting import clean

__all__ = [
    "CHINESE",
    "ENGLISH",
    "Slip",
    "SlipTexts",
    "SlipTicket",
    "qr_svg",
    "render_png",
    "render_text",
    "render_void",
]


def render_text(slip: Slip) -> str:
    """Give the slip as lines of text in the order of the printed one; ends with a line feed."""
    words = slip.words
    lines = [words.test] if slip.test else []
    lines.append(clean(slip.site_name))
    if len(slip.tickets) > 1:
        lines.append(fill(words.several, n=len(slip.tickets)))
    for ticket in slip.tickets:
        lines += _ticket_lines(slip, ticket)
    lines.append(printed_at(slip))
    if slip.reprint:
        lines.append(words.reprint)
    lines += [watch_phrase(slip), free_phrase(slip)]
    if slip.qr_url:
        lines += [words.scan, slip.qr_url]
    return "\n".join(line for line in lines if line) + "\n"


def _ticket_lines(slip: Slip, ticket: SlipTicket) -> list[str]:
    words = slip.words
    if slip.cut_off:
        waiting = [words.cut_off, words.cut_off_place]
    else:
        waiting = [ahead_phrase(words, ticket), wait_phrase(words, ticket)]
    return [
        clean(ticket.number),
        *names_of(slip, ticket),
        *tags_of(slip, ticket, with_reprint=False),
        ("" if slip.cut_off else words.comma).join(part for part in waiting if part),
        clean(ticket.where),
    ]
