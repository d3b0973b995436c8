"""Kiosks and windows that press again, with the same key, until they are answered: as our pages and agents do."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = "xixian-a"
AWAY, GATEWAY = 503, {502, 504}
PAUSE_S = 0.02
WAIT_AT_MOST = 30
"""So many people wait; then kiosks stand idle until windows have called some."""
PATIENCE_S = 30.0
GIVES_UP_S = 120.0


@dataclass(slots=True)
class Day:
    """What all of them pressed and were answered; who presses asks `over` whether to go on."""

    addresses: list[str]
    demo: dict[str, Any]
    over: threading.Event = field(default_factory=threading.Event)
    kiosks_done: threading.Event = field(default_factory=threading.Event)
    drawn: dict[str, str] = field(default_factory=dict)
    """Number by key."""
    called: list[tuple[str, str]] = field(default_factory=list)
    finished: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    answers: int = 0
    cut: int = 0
    """Presses whose connection broke without an answer."""
    replayed: int = 0
    """Of those, presses that had happened: the repeat got the first answer."""
    refused: list[dict[str, Any]] = field(default_factory=list)
    """What was answered while the database was away."""
    kills: int = 0
    """How often whoever kills the database has done so."""
    met: int = 0
    """Presses that were under way when it was killed, and refused."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self, kiosk: int) -> None:
        """A kiosk that draws all day."""
        line, turn = Line(self, self.demo["kiosk"]["token"], kiosk), 0
        while not self.over.is_set():
            if len(self.drawn) - len(self.called) > WAIT_AT_MOST:
                self.over.wait(PAUSE_S)
                continue
            turn += 1
            key = f"kiosk-{kiosk}-{turn}"
            status, said = line.press("tickets", {"line": LINE}, key)
            if status == 201:
                self.drawn[key] = said["number"]
            else:
                self.trouble(f"Q1: draw: {status} {said}")
        line.hang_up()

    def serve(self, place: int) -> None:
        """A window that calls and finishes until nobody waits and no kiosk draws."""
        clerk = [row for row in self.demo["staff"] if row["window"]][place]
        line = Line(self, clerk["token"], place)
        self._serve(line, clerk["window"])
        line.hang_up()

    def _serve(self, line: Line, window: str) -> None:
        line.press(f"windows/{window}/open", {}, f"{window}-open")
        for turn in count():
            last = self.kiosks_done.is_set()
            status, said = line.press(f"windows/{window}/call-next", {}, f"{window}-call-{turn}")
            if status == 204 and last:
                return
            if status == 204:
                self.kiosks_done.wait(0.05)
                continue
            if status != 200:
                self.trouble(f"Q2: call-next: {status} {said}")
                return
            self.called.append((said["number"], window))
            body = {"outcome": "done"}
            status, said = line.press(f"windows/{window}/finish", body, f"{window}-finish-{turn}")
            if status != 200:
                self.trouble(f"Q2: finish: {status} {said}")
                return
            self.finished.append((said["number"], window))

    def wait_for(self, answers: int) -> None:
        """Until so many more presses are answered."""
        enough, give_up = self.answers + answers, time.monotonic() + GIVES_UP_S
        while self.answers < enough:
            assert not self.troubles, self.troubles[:3]
            assert time.monotonic() < give_up, "never happened: the hall answers again"
            time.sleep(0.005)

    def trouble(self, said: str) -> None:
        """Something that must not be; whoever stands at it stops all."""
        self.troubles.append(said)
        self.over.set()
        self.kiosks_done.set()

    def run(self, kiosks: int, windows: int, meanwhile: Callable[[], None]) -> None:
        """Kiosks draw and windows call while `meanwhile` runs, then windows serve who is left."""
        drawing = [threading.Thread(target=self.draw, args=(each,)) for each in range(kiosks)]
        calling = [threading.Thread(target=self.serve, args=(each,)) for each in range(windows)]
        for thread in drawing + calling:
            thread.start()
        try:
            meanwhile()
        finally:
            self.over.set()
            for thread in drawing:
                thread.join()
            self.kiosks_done.set()
            for thread in calling:
                thread.join()


class Line:
    """One caller's connections to the processes of a hall."""

    def __init__(self, day: Day, token: str, place: int) -> None:
        self.day, self.place = day, place
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.open: http.client.HTTPConnection | None = None

    def press(self, path: str, body: dict[str, Any], key: str) -> tuple[int, Any]:
        """Until an answer comes that is one."""
        give_up, was_cut = time.monotonic() + GIVES_UP_S, False
        while time.monotonic() < give_up:
            kills = self.day.kills
            try:
                status, said, replay = self._once(path, body, key)
            except (OSError, http.client.HTTPException):
                self.hang_up()
                was_cut = True
                with self.day.lock:
                    self.day.cut += 1
                time.sleep(PAUSE_S)
                continue
            if status == AWAY:
                with self.day.lock:
                    self.day.refused.append(said)
                    self.day.met += self.day.kills > kills
                time.sleep(PAUSE_S)
            elif status not in GATEWAY:
                with self.day.lock:
                    self.day.answers += 1
                    self.day.replayed += was_cut and replay
                return status, said
        return 0, f"no answer within {GIVES_UP_S} s"

    def _once(self, path: str, body: dict[str, Any], key: str) -> tuple[int, Any, bool]:
        if self.open is None:
            self.place += 1  # as through a proxy: the next process
            at = urlsplit(self.day.addresses[self.place % len(self.day.addresses)])
            self.open = http.client.HTTPConnection(at.hostname or "", at.port, timeout=PATIENCE_S)
        headers = {**self.headers, "Idempotency-Key": key}
        self.open.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
        answer = self.open.getresponse()
        text = answer.read()
        replay = answer.headers.get("Idempotent-Replay") == "true"
        return answer.status, json.loads(text) if text else None, replay

    def hang_up(self) -> None:
        """Close the connection; the next press opens another one."""
        if self.open is not None:
            self.open.close()
            self.open = None
