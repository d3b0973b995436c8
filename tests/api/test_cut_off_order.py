"""Q3 and Q9: who draws in the hall after papers were handed in stays behind them, whatever its clock does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hall import clock
from tests.api.at_work import AtWork
from tests.cut_off import Alone, ago, paper, tickets
from tests.printers import add_printer

if TYPE_CHECKING:
    import pytest
    from flask.testing import FlaskClient

    from tests.servers import Prepared


def test_Q3_Q9_who_draws_after_the_halls_clock_stepped_back_stays_behind_the_papers(
    client: FlaskClient, demo: dict[str, Any], prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = AtWork(client, demo)
    alone = Alone(client, add_printer(prepared.database_url, demo["kiosk"]["token"]))
    early, present = ago(10), ago(0)
    monkeypatch.setattr(clock, "now", lambda: early)
    alone.take_kit()
    first = work.draw()
    monkeypatch.setattr(clock, "now", lambda: present)
    alone.hand_in(paper(alone.ranges()[0], 1, present))
    monkeypatch.setattr(clock, "now", lambda: early)
    last = work.draw()
    order = [ticket.number for ticket in tickets(prepared.database_url)]
    assert order == [first["number"], "A9001", last["number"]], (
        "Q3 and Q9 broke: the hall's clock stepped back, and a newcomer went before a paper."
    )
