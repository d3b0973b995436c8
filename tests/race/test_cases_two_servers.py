"""Cases where the rules would break: two servers on one database, everybody pressing at the same moment."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.intake_at_work import NUMBER
from tests.servers import LiveHall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import StartHall
    from tests.servers import Engine

ITEM = "411528-SCJG-001"
CLERKS, EACH = 4, 4


@dataclass(slots=True)
class Both:
    """Two servers of one hall."""

    first: LiveHall
    second: LiveHall
    tokens: dict[str, str]

    def ask(
        self, who: str, path: str, body: dict[str, Any] | None = None, *, at: int = 0
    ) -> requests.Response:
        """POST as somebody, at one of the two."""
        url = (self.first, self.second)[at % 2].url
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return requests.post(f"{url}/api/v1{path}", json=body or {}, headers=headers, timeout=60)

    def done(self, who: str, path: str, body: dict[str, Any] | None = None, *, at: int = 0) -> dict[str, Any]:
        """The same, where nothing may stand in the way."""
        answer = self.ask(who, path, body, at=at)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture
def both(start_hall: StartHall, engine: Engine) -> Iterator[Both]:
    first = start_hall(engine=engine)
    second = LiveHall(first.prepared, first.more, nursery=first.nursery).start()
    yield Both(first, second, {row["user"]: row["token"] for row in first.prepared.demo["staff"]})
    second.stop(signal.SIGKILL)


def together(*presses: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(presses)) as pool:
        return [future.result() for future in [pool.submit(press) for press in presses]]


def received(both: Both, clerk: int) -> list[dict[str, Any]]:
    """Cases that a clerk takes in one after the other, each received by a double click that reaches both servers."""
    who, window = f"clerk{clerk + 1:02d}", f"xixian-{clerk + 1:02d}"
    both.done(who, f"/windows/{window}/open", at=clerk)
    made = []
    for _ in range(EACH):
        form = both.done(who, f"/windows/{window}/forms", {"item": ITEM}, at=clerk)
        papers = [{"id": paper["id"], "state": "present"} for paper in form["papers"]]
        typed = {"name": "测试甲", "number": NUMBER, "papers": papers, "revision": form["revision"]}
        form = both.done(who, f"/forms/{form['token']}/save", typed, at=clerk)
        path, seen = f"/forms/{form['token']}/receive", {"revision": form["revision"]}
        clicks = together(
            partial(both.ask, who, path, seen, at=0),
            partial(both.ask, who, path, seen, at=1),
        )
        said = sorted(click.status_code for click in clicks)
        assert said == [200, 409], [click.text for click in clicks]
        (made_of_it,) = next(click.json() for click in clicks if click.status_code == 200)["cases"]
        made.append(made_of_it)
    return made


def decided(both: Both, case: dict[str, Any]) -> None:
    """Two reviewers decide it at the same moment: one decision stands, and the other reviewer is told."""
    path = f"/cases/{case['token']}"
    both.done("review-scjg", f"{path}/accept")
    answers = together(
        lambda: both.ask("review-scjg", f"{path}/decide", {"decision": "granted", "reasons": ""}, at=0),
        lambda: both.ask("second-scjg", f"{path}/decide", {"decision": "refused", "reasons": "不符"}, at=1),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409], [each.text for each in answers]
    loser = next(answer.json() for answer in answers if answer.status_code == 409)
    assert loser["code"] == "conflict" and loser["detail"]
    headers = {"Authorization": f"Bearer {both.tokens['second-scjg']}"}
    now = requests.get(f"{both.second.url}/api/v1{path}", headers=headers, timeout=60).json()
    assert now["decision"] == ("granted" if answers[0].status_code == 200 else "refused")
    assert [entry["fact"] for entry in now["history"]].count("case_decided") == 1


def test_I1_I6_at_two_servers_numbers_have_no_gap_a_double_click_makes_one_case_and_one_decision_stands(
    both: Both,
) -> None:
    made = together(*(partial(received, both, clerk) for clerk in range(CLERKS)))
    serials = [[int(case["number"].rpartition("-")[2]) for case in cases] for cases in made]
    assert sorted(serial for mine in serials for serial in mine) == list(range(1, CLERKS * EACH + 1)), (
        "a number is missing, or was given twice"
    )
    assert all(mine == sorted(mine) for mine in serials), "numbers grow"
    for case in made[0][:3]:
        decided(both, case)
