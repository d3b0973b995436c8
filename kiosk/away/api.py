"""Machine interface of kiosks that print alone: the kit they take along, and handing in (docs/cut-off.md)."""

from __future__ import annotations

from dataclasses import asdict

from apiflask import APIBlueprint
from flask import Response, g

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.cutoff.aside import Aside, Tell, tell
from hall.cutoff.handing import HandIn, Paper, Taken, hand_in
from hall.cutoff.reserving import RangeView, Reserve, reserve
from hall.database import db
from hall.http import command
from hall.printing.api import own_printer
from hall.sites import Site
from hall.unit_of_work import Answer
from kiosk.away.kit import kit
from kiosk.away.schemas import AsidesIn, AsidesOut, KitIn, KitOut, PapersIn, PapersOut

api = APIBlueprint("away_api", __name__, url_prefix="/api/v1", tag="Kiosk cut off")


@api.post("/devices/<device>/kit")
@api.input(KitIn, arg_name="body")
@api.output(KitOut)
@allow(Can.CUTOFF_PRINT)
def take_kit(device: str, body: KitIn) -> Response:
    """Reserve numbers for the time when the server is away, and answer what the kiosk needs to draw alone (Q9).

    Two ranges of 99 numbers for each line, today and three dates further on; they are this memory's alone.
    """
    site_id = int(g.actor.site_id or 0)
    wanted = Reserve(own_printer(device), site_id, body.memory, body.settled)

    def present(ranges: tuple[RangeView, ...]) -> Answer:
        session = db.session()
        return Answer.of(kit(session, session.get_one(Site, site_id), ranges, clock.now()))

    return command(reserve, wanted, present)


@api.post("/devices/<device>/printed-tickets")
@api.input(PapersIn, arg_name="body")
@api.output(PapersOut)
@allow(Can.CUTOFF_PRINT)
def hand_in_papers(device: str, body: PapersIn) -> Response:
    """Hand in up to fifty papers in the order in which they were printed (Q9): each once, however often it is sent.

    Their place is the printed time, within what the server knows. A paper that cannot be taken holds up no other.
    """
    papers = tuple(
        Paper(
            key=one.key,
            range_id=one.range,
            position=one.position,
            printed_at=one.printed_at,
            age_s=one.age_s,
            lane=one.lane,
            reason=one.reason,
            lang=one.lang,
            paper=one.paper,
        )
        for one in body.papers
    )
    return command(
        hand_in, HandIn(own_printer(device), int(g.actor.site_id or 0), body.memory, papers), _taken
    )


@api.post("/devices/<device>/papers-aside")
@api.input(AsidesIn, arg_name="body")
@api.output(AsidesOut)
@allow(Can.CUTOFF_PRINT)
def tell_aside(device: str, body: AsidesIn) -> Response:
    """Tell of papers that were not taken when they were handed in; staff read it until they are, or see to it (Q9).

    Of one machine as many as staff can see to; what is not in `kept` is to be told again later.
    """
    papers = tuple(Aside(one.key, one.number, one.day, one.why) for one in body.papers)
    told = Tell(own_printer(device), int(g.actor.site_id or 0), papers)
    return command(tell, told, lambda kept: Answer.of({"kept": list(kept)}))


def _taken(taken: tuple[Taken, ...]) -> Answer:
    return Answer.of({"papers": [asdict(one) for one in taken]})
