"""Q9: two agents with one copied memory hand in at once, on both engines: nothing is lost, staff are told."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import requests
from sqlalchemy import create_engine, update

from hall.cutoff.models import NumberRange
from tests.cut_off import papers_kept, tickets
from tests.kiosk_machine import KioskMachine, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import StartHall
    from tests.servers import Engine, LiveHall

BEFORE, SINCE = 6, 12


def all_settled(*machines: KioskMachine) -> bool:
    return all(paper["settled"] for machine in machines for paper in machine.papers())


def short_list(hall: LiveHall) -> dict[str, list[str]]:
    token = next(row["token"] for row in hall.demo["staff"] if row["role"] == "manager")
    answer = requests.get(
        f"{hall.url}/api/v1/sites/xixian/hand-calls", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    found: dict[str, list[str]] = answer.json()
    return found


@pytest.mark.engines("sqlite", "postgresql")
def test_Q9_two_agents_with_a_copied_memory_hand_in_at_once_and_nobody_is_lost(
    start_hall: StartHall, engine: Engine, tmp_path: Path
) -> None:
    live_server = start_hall(engine=engine)
    with (
        KioskMachine(live_server, tmp_path / "one") as one,
        KioskMachine(live_server, tmp_path / "two") as two,
    ):
        one.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        shown = [one.draw().json()["number"] for _person in range(BEFORE)]
        for machine in (one, two):
            machine.kill()
        shutil.rmtree(two.state)
        shutil.copytree(one.state, two.state)  # with identity, memory and ranges
        for machine in (one, two):
            machine.start()
            machine.wait_until("away")
        mine, theirs = (
            [machine.draw().json()["number"] for _person in range(SINCE)] for machine in (one, two)
        )
        assert mine == theirs, "The two were to print the same numbers."
        live_server.start()
        wait_for(lambda: all_settled(one, two), "both to hand everything in", 120)
        url = live_server.prepared.database_url
        kept, found = papers_kept(url), Counter(row.number for row in tickets(url))
        printed = {paper["key"] for machine in (one, two) for paper in machine.papers()}
        assert {row.key for row in kept} == printed, "Q9 broke: a paper was lost, or came from nowhere."
        assert found == Counter({*shown, *mine}), "Q9 broke: a number became two tickets, or none."
        states = Counter(paper["settled"] for machine in (one, two) for paper in machine.papers())
        assert states == {"taken": 2 * BEFORE + SINCE, "doubled": SINCE}, (
            "Q9 broke: a paper got a wrong answer."
        )
        assert sorted(short_list(live_server)["doubled"]) == sorted(mine), "Q9 broke: staff are not told."


def test_Q9_what_is_refused_at_handing_in_is_on_the_short_list(live_server: LiveHall, tmp_path: Path) -> None:
    with KioskMachine(live_server, tmp_path / "one") as one:
        one.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        lost, kept = (one.draw(line).json()["number"] for line in ("xixian-a", "xixian-b"))
        engine = create_engine(live_server.prepared.database_url)
        with engine.begin() as connection:  # as if the folder belonged to another hall
            others = update(NumberRange).where(NumberRange.prefix == "A").values(memory="0" * 32)
            connection.execute(others)
        engine.dispose()
        live_server.start()
        wait_for(lambda: all_settled(one), "both papers to be answered", 60)
        assert [row.number for row in tickets(live_server.prepared.database_url)] == [kept]
        assert short_list(live_server)["aside"] == [lost], (
            "Q9 broke: only the agent's log tells of a refused paper."
        )
