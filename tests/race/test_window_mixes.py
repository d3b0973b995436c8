"""Q2 and Q13 where they would break: eight windows calling, holding, transferring and handing over at once."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from tests.race.test_calling import run_all

if TYPE_CHECKING:
    from tests.conftest import StartHall
    from tests.servers import Engine

WINDOWS, VISITS, SINGLES, TURNS = 8, 4, 12, 6
ALLOWED = {200, 201, 204, 403, 409, 422}


@dataclass(slots=True)
class Floor:
    """Eight clerks of one served hall, what they finished, and what went wrong."""

    api: str
    clerks: list[dict[str, Any]]
    finished: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def post(self, clerk: dict[str, Any], verb: str, body: dict[str, Any] | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {clerk['token']}"}
        path = f"{self.api}/windows/{clerk['window']}/{verb}"
        answer = requests.post(path, json=body, headers=headers, timeout=60)
        if answer.status_code not in ALLOWED:
            self.troubles.append(f"{verb}: {answer.status_code} {answer.text}")
        return answer

    def finish(self, clerk: dict[str, Any]) -> None:
        answer = self.post(clerk, "finish", {"outcome": "done"})
        if answer.status_code == 200:
            self.finished.append(answer.json()["number"])

    def serve_held(self, clerk: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {clerk['token']}"}
        path = f"{self.api}/windows/{clerk['window']}"
        for number in requests.get(path, headers=headers, timeout=60).json()["held"]:
            if self.post(clerk, "resume", {"ticket": number}).status_code == 200:
                self.finish(clerk)

    def work(self, place: int) -> None:
        """Call until little is left, each time doing something else with the number."""
        clerk, neighbour = self.clerks[place], self.clerks[(place + 1) % WINDOWS]["window"]
        for turn in range(TURNS):
            if self.post(clerk, "call-next").status_code != 200:
                self.serve_held(clerk)
                continue
            kind = (turn + place) % 4
            if kind == 0:
                self.post(clerk, "transfer", {"window": neighbour, "note": "mixed"})
            elif kind == 1:
                self.post(clerk, "hold", {"reason": "form"})
                self.post(clerk, "hand-over", {"to_window": neighbour})
            elif kind == 2:
                self.post(clerk, "pass")  # too early, always refused
            self.finish(clerk)

    def mop_up(self) -> None:
        """Serve what is left, one window after the other."""
        for clerk in self.clerks * 3:
            self.serve_held(clerk)
            while self.post(clerk, "call-next").status_code == 200:
                self.finish(clerk)


def test_Q2_mixed_presses_at_eight_windows_lose_and_double_nothing(
    start_hall: StartHall, engine: Engine
) -> None:
    hall = start_hall(engine=engine)
    demo: dict[str, Any] = hall.prepared.demo
    floor = Floor(f"{hall.url}/api/v1", [row for row in demo["staff"] if row["window"]][:WINDOWS])
    drawn = draw_all(floor.api, demo)
    for clerk in floor.clerks:
        floor.post(clerk, "open")
    run_all([threading.Thread(target=floor.work, args=(place,)) for place in range(WINDOWS)])
    floor.mop_up()

    assert not floor.troubles, floor.troubles[:3]
    twice = {number: count for number, count in Counter(floor.finished).items() if count > 1}
    assert not twice, f"served twice: {twice}"
    assert sorted(floor.finished) == sorted(drawn), "every ticket is served once, whatever was pressed"


def draw_all(api: str, demo: dict[str, Any]) -> list[str]:
    """Single tickets, and visits of two matters each (Q13)."""
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}"}
    found = []
    for each in range(SINGLES):
        key = {**headers, "Idempotency-Key": f"mix-{each}"}
        answer = requests.post(f"{api}/tickets", json={"line": "xixian-a"}, headers=key, timeout=60)
        found.append(answer.json()["number"])
    body = {"matters": [{"line": "xixian-a"}, {"line": "xixian-m"}]}
    for _ in range(VISITS):
        answer = requests.post(f"{api}/visits", json=body, headers=headers, timeout=60)
        found += [ticket["number"] for ticket in answer.json()["tickets"]]
    return found
