"""Q9: kiosks that lost their server, as real agents against a real server; both are killed on the way."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.cut_off import papers_kept, tickets
from tests.fake_printer import FakePrinter
from tests.kiosk_machine import KioskMachine, wait_for
from tests.slips_on_file import printed_all, whole_slips

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import LiveHall

LINES = ("xixian-a", "xixian-b", "xixian-c", "xixian-d")
MORNING, BY_HAND = 300, 10
WINDOW = "xixian-01"


def kit_of(machine: KioskMachine) -> dict[str, Any]:
    kit: dict[str, Any] = json.loads((machine.state / "kit.json").read_text())
    return kit


def draw_all_morning(machine: KioskMachine, count: int) -> list[str]:
    """One person after the other, four lines, some touching twice; the numbers as they were shown."""
    shown = []
    for person in range(count):
        key = f"{person:04d}-{machine.port:08d}-key"
        drawn = machine.draw(LINES[person % 4], key=key)
        assert drawn.status_code == 201, f"Q9 broke: no number was given: {drawn.text}"
        if person % 7 == 0:
            again = machine.draw(LINES[person % 4], key=key)
            assert again.json()["number"] == drawn.json()["number"], "Q9 broke: a double touch drew twice."
        shown.append(drawn.json()["number"])
    return shown


@pytest.mark.engines("sqlite", "postgresql")
def test_Q9_two_kiosks_cut_off_all_morning_lose_and_double_nothing(
    live_server: LiveHall, tmp_path: Path
) -> None:
    with (
        KioskMachine(live_server, tmp_path / "one") as one,
        KioskMachine(live_server, tmp_path / "two") as two,
    ):
        one.wait_until("here")
        two.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        two.wait_until("away")
        with ThreadPoolExecutor(2) as people:
            shown_one = people.submit(draw_all_morning, one, MORNING)
            shown_two = people.submit(draw_all_morning, two, MORNING)
        shown = shown_one.result() + shown_two.result()
        assert len(set(shown)) == 2 * MORNING, "Q9 broke: two papers carry the same number."
        # the second kiosk loses power while it hands in, again and again
        one.kill()
        forget_that_it_was_handed_in = (one.state / "drawn.jsonl").read_bytes()
        one.start()
        of_one, of_two = shown_one.result()[::4], shown_two.result()[::4]  # of the first line
        live_server.start()
        early, late = of_two[-BY_HAND:], of_one[:BY_HAND]
        enter_as_called_by_hand(live_server, early)
        blows = [struck_while_handing_in(two) for _blow in range(4)]
        assert any(0 < taken < MORNING for taken in blows), (
            f"Q9 is not tried: the second kiosk was never killed midway, but with {blows} papers handed in."
        )
        wait_for(lambda: settled(one) and settled(two), "both kiosks to hand everything in", 120)
        enter_as_called_by_hand(live_server, late)
        # the first hands everything in a second time: its disk was set back to the morning
        one.kill()
        (one.state / "drawn.jsonl").write_bytes(forget_that_it_was_handed_in)
        one.start()
        wait_for(lambda: settled(one), "the first kiosk to hand in again", 120)
        check(live_server, shown, {*early, *late}, [one, two])
        wait_for(lambda: printed_all(one) and printed_all(two), "all slips to come out", 120)
        check_paper(live_server, {one: shown_one.result(), two: shown_two.result()})


def struck_while_handing_in(machine: KioskMachine) -> int:
    """Killed as soon as it has handed in some more, and started again; how many it had handed in by then."""
    had = taken(machine)
    wait_for(lambda: taken(machine) > had or settled(machine), "papers to come in")
    machine.kill()
    found = taken(machine)
    machine.start()
    return found


def clerk(hall: LiveHall) -> dict[str, str]:
    person = next(row for row in hall.demo["staff"] if row["window"] == WINDOW)
    return {"Authorization": f"Bearer {person['token']}"}


def enter_as_called_by_hand(hall: LiveHall, numbers: list[str]) -> None:
    for number in numbers:
        entered = requests.post(
            f"{hall.url}/api/v1/sites/xixian/hand-calls",
            json={"number": number, "window": WINDOW},
            headers=clerk(hall),
            timeout=30,
        )
        assert entered.status_code == 201, (
            f"Q9 broke: {number}, called by hand, cannot be entered: {entered.text}"
        )


def taken(machine: KioskMachine) -> int:
    return sum(paper["settled"] == "taken" for paper in machine.papers())


def settled(machine: KioskMachine) -> bool:
    return all(paper["settled"] == "taken" for paper in machine.papers())


def check(hall: LiveHall, shown: list[str], by_hand: set[str], machines: list[KioskMachine]) -> None:
    found = tickets(hall.prepared.database_url)
    numbers = Counter(ticket.number for ticket in found)
    lost = sorted(set(shown) - set(numbers))
    assert not lost, f"Q9 broke: {len(lost)} papers were lost, such as {lost[:3]}."
    double = [number for number, count in numbers.items() if count > 1]
    assert not double, f"Q9 broke: numbers became two tickets: {double[:3]}."
    assert set(numbers) == set(shown), "Q9 broke: tickets came that nobody drew."
    states = {
        state: {ticket.number for ticket in found if ticket.state == state}
        for state in ("waiting", "finished")
    }
    assert states["finished"] == by_hand, (
        "Q9 broke: who was called by hand is not served, or somebody else is."
    )
    assert states["waiting"] == set(shown) - by_hand, "Q9 broke: somebody who was not called waits no more."
    listed = requests.get(
        f"{hall.url}/api/v1/sites/xixian/hand-calls", headers=clerk(hall), timeout=30
    ).json()
    assert {(row["number"], row["state"]) for row in listed["calls"]} == {
        (one, "matched") for one in by_hand
    }, "Q9 broke: the short list does not say that all who were called by hand are found."
    printed = {paper["number"]: paper["at"] for machine in machines for paper in machine.papers()}
    for ticket in found:
        at = datetime.fromtimestamp(printed[ticket.number], UTC)
        assert ticket.place == ticket.issued_at == at, (
            f"Q9 broke: {ticket.number} is not placed by its printed time ({ticket.place} instead of {at})."
        )
    kept = papers_kept(hall.prepared.database_url)
    assert len(kept) == 2 * MORNING, "Q9 broke: a paper is kept twice, or not at all."
    assert {one.because for one in kept} == {None}, "Q9 broke: papers of a plain morning are doubted."


def check_paper(hall: LiveHall, shown: dict[KioskMachine, list[str]]) -> None:
    """Each number came out once and in order, and was handed in in that order."""
    kept = papers_kept(hall.prepared.database_url)
    for machine, numbers in shown.items():
        slips = whole_slips(machine)
        missing, double = (
            set(numbers) - set(slips),
            [one for one, count in Counter(slips).items() if count > 1],
        )
        assert not missing, (
            f"Q9 broke: {len(missing)} numbers came out on no slip, such as {sorted(missing)[:3]}."
        )
        assert not double, f"Q9 broke: {double[:3]} came out on two whole slips."
        assert slips == numbers, "Q9 broke: slips came out in another order than they were drawn in."
        own = {paper["key"]: paper["number"] for paper in machine.papers()}
        handed = [own[one.key] for one in kept if one.key in own]
        assert handed == slips, "Q9 broke: papers were handed in in another order than they came out in."


def test_Q9_killed_between_draw_and_paper_the_number_counts_and_comes_out_once(
    live_server: LiveHall, tmp_path: Path
) -> None:
    with FakePrinter() as printer, KioskMachine(live_server, tmp_path / "one", printer) as one:
        one.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        printer.set(hold_after_rows=200)
        key = "a" * 32
        number = one.draw(key=key).json()["number"]
        printer.wait(lambda fake: fake.rows_hanging_out == 200)
        one.kill()
        printer.set(held=False)
        one.start()
        assert one.draw(key=key).json()["number"] == number, (
            "Q9 broke: after a crash a number was given anew."
        )
        wait_for(lambda: (one.told(key)["paper"] or {}).get("stage") == "printed", "the slip to come out")
        other = one.draw().json()["number"]
        assert other != number, "Q9 broke: a number was printed twice."
        live_server.start()
        wait_for(lambda: settled(one), "both to be handed in")
        assert sorted(row.number for row in tickets(live_server.prepared.database_url)) == sorted(
            [number, other]
        )
        kept = papers_kept(live_server.prepared.database_url)
        assert kept[0].paper in {"printed", "uncertain"}


def test_Q9_a_used_up_range_is_followed_by_the_next_and_then_the_desk(
    live_server: LiveHall, tmp_path: Path
) -> None:
    with KioskMachine(live_server, tmp_path / "one") as one:
        one.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        numbers = [one.draw("xixian-a").json()["number"] for _person in range(198)]
        assert numbers[98:100] == ["A9099", "A9101"], "Q9 broke: the next reserved range does not follow."
        spent = one.draw("xixian-a")
        assert (spent.status_code, spent.json()["code"]) == (409, "spent"), "Q9 broke: a number of nobody's."
        assert one.draw("xixian-b").status_code == 201, "Q9 broke: another line is held up."
        live_server.start()
        wait_for(lambda: settled(one), "all to be handed in", 90)
        one.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        assert one.draw("xixian-a").json()["number"] == "A9201", "Q9 broke: no new range after a spent one."


def test_Q9_a_machine_started_anew_with_a_wrong_clock_is_placed_by_the_age_of_its_papers(
    live_server: LiveHall, tmp_path: Path
) -> None:
    with KioskMachine(live_server, tmp_path / "one") as one:
        one.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        one.kill()
        kit = kit_of(one)  # another start of the machine, whose clock stands two hours ahead
        kit["anchor"]["at"]["boot"] = "another start"
        kit["anchor"]["at"]["wall"] -= 7200
        (one.state / "kit.json").write_text(json.dumps(kit))
        one.start()
        drawn = [one.draw().json() for _person in range(3)]
        ahead = datetime.fromisoformat(drawn[0]["printed_at"]) - datetime.now(UTC)
        assert ahead.total_seconds() > 7000
        live_server.start()
        wait_for(lambda: settled(one), "the papers to be handed in")
        kept = papers_kept(live_server.prepared.database_url)
        assert [row.because for row in kept] == ["clock"] * 3, "Q9 broke: a wrong clock is not noticed."
        for row in kept:
            assert abs((row.handed_at - row.counted_at).total_seconds()) < 60, (
                "Q9 broke: placed in the future."
            )
        order = [ticket.number for ticket in tickets(live_server.prepared.database_url)]
        assert order == [row["number"] for row in drawn], "Q9 and Q3 broke: the order of papers is lost."
