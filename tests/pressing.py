"""Windows and kiosks that press while something is cut, as our pages do: without an answer again, with the same key."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import requests

from tests.screens import until

LINE = "xixian-a"
AGAIN = frozenset({502, 503, 504})
AGAIN_S = 0.2
PATIENCE_S = 15.0  # static/js/api.js: after this a try counts as lost
MOST_WAIT = 12
"""Kiosks take a rest while so many wait for a call: what is looked at is cuts, not the windows' pace."""
CLOSED = frozenset({"window_closed", "window_empty"})
"""What a window is told when its day ended under it (Q10)."""
TRIES = 100
"""More than anybody's patience; who has no answer then has lost the press."""


def number_of(ticket: dict[str, Any]) -> str:
    """Enough within one business date (Q1)."""
    return str(ticket["number"])


def date_and_number_of(ticket: dict[str, Any]) -> str:
    """For those who press while the date turns: numbers begin anew."""
    return f"{ticket['business_date']} {ticket['number']}"


@dataclass(slots=True)
class Pressing:
    """All who press at one address. Use it as a context manager; leaving it ends everybody."""

    url: str
    demo: dict[str, Any]
    windows: int = 3
    kiosks: int = 2
    pause_s: float = 0.05
    again: frozenset[int] = AGAIN
    """Answers after which the same press is made again; all others but those looked for are strange."""
    name_of: Callable[[dict[str, Any]], str] = number_of
    """What tickets are called below."""
    over_night: bool = False
    """The date turns meanwhile: a window that is found closed (Q10) is opened again."""
    drawn: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    """When an answer came, by the monotonic clock."""
    refusals: list[str] = field(default_factory=list)
    """Tries without an answer, or with one that says: again."""
    strange: list[str] = field(default_factory=list)
    """What our pages could not have shown."""
    lost: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    turn: threading.Condition = field(default_factory=threading.Condition)
    never_called: int = 0
    """Drawn before the date turned: they wait no longer."""
    going: bool = True
    busy: int = 0

    def __enter__(self) -> Self:
        clerks = [row for row in self.demo["staff"] if row["window"]][: self.windows]
        self._begin([(self._serve, clerk) for clerk in clerks] + [(self._draw, None)] * self.kiosks)
        return self

    def __exit__(self, *_problem: object) -> None:
        self.closing.set()
        self.over.set()
        self.resume()
        for thread in self.threads:
            thread.join()

    def _begin(self, who: list[tuple[Callable[..., None], Any]]) -> None:
        self.threads = [
            threading.Thread(target=target, args=(given,) if given else ()) for target, given in who
        ]
        for thread in self.threads:
            thread.start()

    def go_on(self, answers: int = 30) -> None:
        """Come back when everybody together had so many answers more."""
        wanted = len(self.answers) + answers
        until(f"{answers} presses more are answered", lambda: len(self.answers) >= wanted)

    def rest(self) -> None:
        """Nobody presses until `resume`; comes back when all that was pressed is answered."""
        with self.turn:
            self.going = False
            self.turn.wait_for(lambda: self.busy == 0)

    def resume(self) -> None:
        """Go on pressing."""
        with self.turn:
            self.going = True
            self.turn.notify_all()

    def finish(self) -> None:
        """Kiosks close; windows go on until nobody waits."""
        self.closing.set()
        for thread in self.threads:
            thread.join()

    def judge(self) -> None:
        """Nothing lost, nothing doubled, nothing said that no page of ours can read."""
        assert not self.lost, f"Q2: presses that never had an answer: {self.lost[:3]}"
        assert not self.strange, f"answers that no page of ours can show: {self.strange[:3]}"
        in_order = sorted(self.drawn, key=lambda number: int(number[1:]))
        numbers = [f"A{serial:03d}" for serial in range(1, len(self.drawn) + 1)]
        assert in_order == numbers, f"Q1: doubles or gaps: {sorted(set(in_order) ^ set(numbers))[:5]}"
        twice = {number: times for number, times in Counter(self.called).items() if times > 1}
        assert not twice, f"Q2: called twice: {twice}"
        assert set(self.called) == set(self.drawn), "Q2: drawn and never called, or called and never drawn"
        assert set(self.finished) == set(self.called), "Q2: called and never finished"

    def _draw(self) -> None:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {self.demo['kiosk']['token']}"
            while not self.closing.wait(self.pause_s):
                if len(self.drawn) - len(self.called) - self.never_called > MOST_WAIT:
                    continue
                answer = self._press(session, "tickets", {"line": LINE}, {201})
                if answer is not None:
                    self.drawn.append(self.name_of(answer.json()))

    def _serve(self, clerk: dict[str, Any]) -> None:
        path = f"windows/{clerk['window']}"
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {clerk['token']}"
            self._press(session, f"{path}/open", None, {200, 409})  # it may be open since before
            while not self.over.is_set():
                last = self.closing.is_set() and not any(thread.is_alive() for thread in self._kiosks)
                answer = self._at_window(session, f"{path}/call-next", None)
                if answer is not None and answer.status_code == 200:
                    ticket = self.name_of(answer.json())
                    self.called.append(ticket)
                    if self._finish(session, path):
                        self.finished.append(ticket)
                elif answer is not None and answer.status_code == 409:
                    self._press(session, f"{path}/open", None, {200})
                elif last:
                    return
                elif self.over_night:  # nobody waits, so who was drawn and not called never will be
                    self.never_called = len(self.drawn) - len(self.called)
                self.over.wait(self.pause_s)

    def _finish(self, session: requests.Session, path: str) -> bool:
        """Whether it was for us to finish: a window that was closed is opened, and whoever stands there served."""
        body = {"outcome": "done"}
        done = self._at_window(session, f"{path}/finish", body)
        if done is not None and done.status_code == 409:
            self._press(session, f"{path}/open", None, {200})
            done = self._at_window(session, f"{path}/finish", body)
        return done is not None and done.status_code == 200

    def _at_window(self, session: requests.Session, path: str, body: object) -> requests.Response | None:
        """A press at a window that should be open; over night 409 says that its day has ended."""
        answer = self._press(session, path, body, {200, 204, *({409} if self.over_night else ())})
        if answer is not None and answer.status_code == 409 and answer.json()["code"] not in CLOSED:
            self.strange.append(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer

    @property
    def _kiosks(self) -> list[threading.Thread]:
        return self.threads[self.windows :]

    def _press(
        self, session: requests.Session, path: str, body: object, fine: set[int]
    ) -> requests.Response | None:
        """One press, unless all rest; None where it was refused or lost."""
        with self.turn:
            self.turn.wait_for(lambda: self.going)
            self.busy += 1
        try:
            return self._until_answered(session, path, body, fine)
        finally:
            with self.turn:
                self.busy -= 1
                self.turn.notify_all()

    def _until_answered(
        self, session: requests.Session, path: str, body: object, fine: set[int]
    ) -> requests.Response | None:
        """The same press again until it is answered."""
        headers, url = {"Idempotency-Key": secrets.token_hex(8)}, f"{self.url}/api/v1/{path}"
        for _ in range(TRIES):
            try:
                answer = session.post(url, json=body, headers=headers, timeout=PATIENCE_S)
            except requests.RequestException as problem:
                self.refusals.append(f"{path}: {type(problem).__name__}")
            else:
                self._look_at(path, answer)
                if answer.status_code in fine:
                    self.answers.append(time.monotonic())
                    return answer
                if answer.status_code not in self.again:
                    self.strange.append(f"{path}: {answer.status_code} {answer.text[:300]}")
                    return None
                self.refusals.append(f"{path}: {answer.status_code}")
            if self.over.wait(AGAIN_S):
                break
        self.lost.append(path)
        return None

    def _look_at(self, path: str, answer: requests.Response) -> None:
        """Whatever comes, also from nginx, is what our pages read."""
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code in AGAIN and not kind.startswith("application/problem+json"):
            self.strange.append(f"{path}: {answer.status_code} as {kind}: {answer.text[:200]}")
