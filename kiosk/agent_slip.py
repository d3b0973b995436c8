"""The slip of a number that was drawn alone: the same picture, which says plainly that the network is away (Q9)."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from kiosk.slip import Slip, SlipTexts, SlipTicket, render_png

if TYPE_CHECKING:
    from kiosk.agent_draws import Draw
    from kiosk.agent_kit import Kit
    from kiosk.slip_words import Lang

TEXTS = {item.name for item in fields(SlipTexts)}


def slip_of(draw: Draw, kit: Kit) -> Slip:
    """What its paper says; no code, and nobody's place among others, which only the server knows."""
    lang: Lang = "en" if draw.lang == "en" else "zh"
    line, site, slip = kit.lines[draw.line], kit.told["site"], kit.told["slip"]
    ticket = SlipTicket(
        number=draw.number,
        line_name=line["name"],
        line_name_en=line["name_en"],
        ahead=0,
        wait=None,
        where=line["place"][lang],
        lane_priority=draw.lane == "priority",
    )
    texts = {name: text for name, text in slip["texts"][lang].items() if name in TEXTS}
    return Slip(
        site_name=site["name_en"] or site["name"] if lang == "en" else site["name"],
        tickets=(ticket,),
        printed_at_local=kit.local(draw.at),
        lang=lang,
        rejoin_minutes=slip["rejoin_minutes"],
        supervision_phone=slip["supervision_phone"],
        cut_off=True,
        texts=SlipTexts(**texts),
    )


def picture_of(draw: Draw, kit: Kit, width_dots: int) -> bytes:
    """Its picture for the printer."""
    return render_png(slip_of(draw, kit), width_dots)
