"""A kiosk that loses the hall: its agent's own disk, clocks and range keeper behind a cable that breaks (Q9).

What draws, remembers, reckons time and hands in is the real agent; its thread, printer and browser are left out.
"""

from __future__ import annotations

import itertools
import shutil
import threading
from typing import TYPE_CHECKING, Any, ClassVar

import requests
from requests.adapters import BaseAdapter

from kiosk.agent_clock import Reading
from kiosk.agent_draws import Draw, Draws, Wish
from kiosk.agent_hall import Hall
from kiosk.agent_keeper import Keeper
from kiosk.agent_kit import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.printers import TestPrinter
    from tests.property.faulty_hall import FaultyHall

SERVER = "http://hall.example"
STARTS = itertools.count(1)
KEYS = itertools.count(1)


class Cable(BaseAdapter):
    """From a kiosk to the hall. `after`: so many commands still arrive, of the last one only the hall knows."""

    def __init__(self, hall: FaultyHall) -> None:
        super().__init__()
        self.hall, self.is_cut = hall, True
        self.after: int | None = None
        self.looked = threading.Event().set

    def send(self, request: Any, *_given: Any, **_more: Any) -> requests.Response:
        if request.path_url == "/readyz":
            self.looked()  # the keeper's pause is over before it begins
        if self.is_cut:
            raise requests.ConnectionError
        answer = (
            self.hall.once(lambda: self._ask(request)) if request.method == "POST" else self._ask(request)
        )
        if request.method == "POST" and self.after is not None:
            self.after -= 1
            self.is_cut = self.after < 0
        if answer is None or self.is_cut:
            raise requests.ConnectionError
        found = requests.Response()
        found.status_code, found._content = answer.status_code, answer.data
        found.headers.update(answer.headers.items())
        return found

    def close(self) -> None:
        """Nothing is held."""

    def _ask(self, request: Any) -> Any:
        headers = dict(request.headers)
        headers.pop("Content-Length", None)
        return self.hall.client.open(
            request.path_url, method=request.method, data=request.body, headers=headers, buffered=True
        )


class Round(threading.Event):
    """Ends the keeper's loop after each round."""

    rounds = 0

    def is_set(self) -> bool:
        self.rounds += 1
        return self.rounds % 2 == 0


class Kiosk:
    """One machine with its state folder."""

    present: ClassVar[Kiosk]
    """Whose clocks are read."""

    def __init__(self, hall: FaultyHall, folder: Path, device: TestPrinter) -> None:
        self.hall, self.folder, self.device = hall, folder, device
        self.cable = Cable(hall)
        self.skew = 0.0
        self.printed: list[str] = []
        folder.mkdir(exist_ok=True)
        self.start()

    @classmethod
    def read(cls) -> Reading:
        """In the place of the agent's own clocks."""
        return cls.present.reading()

    def start(self) -> None:
        """The machine is switched on, and knows what is on its disk."""
        Kiosk.present = self
        self.boot, self.booted = f"start-{next(STARTS)}", self.hall.passed - 60
        agents = Hall(SERVER, self.device.token)
        agents._session.mount(SERVER, self.cable)
        self.draws, self.shelf = Draws(self.folder), Shelf(self.folder)
        self.keeper = Keeper(
            agents, str(self.device.id), self.shelf, self.draws, lambda _draw: "printed", Round()
        )
        self.cable.looked = self.keeper.wake

    def reading(self) -> Reading:
        """The machine's clocks; nobody sets them back when the hall's is."""
        wall = self.hall.began + self.hall.passed + self.skew
        return Reading(wall, self.hall.passed - self.booted, self.boot)

    def lose_power(self, skew: float = 0.0) -> None:
        """Off and on again; its wall clock may stand elsewhere then."""
        self.draws.close()
        self.skew = skew
        self.start()

    def copied(self, folder: Path) -> Kiosk:
        """Another machine with a copy of the state folder."""
        shutil.copytree(self.folder, folder)
        made = Kiosk(self.hall, folder, self.device)
        made.printed = list(self.printed)
        return made

    def print(self, line: str, lane: str) -> Draw:
        """One touch on the small page, and another by a finger that slipped."""
        Kiosk.present = self
        assert self.shelf.kit
        wish = Wish(f"draw-{next(KEYS):012d}", line, lane, "elder" if lane == "priority" else None)
        draw = self.draws.draw(self.shelf.kit, wish)
        assert self.draws.draw(self.shelf.kit, wish) == draw, "Q9: a double touch drew twice."
        self.printed.append(draw.key)
        return draw

    def look(self) -> None:
        """One round of the keeper: is the hall there, what is to be handed in, is a kit due."""
        Kiosk.present = self
        self.keeper.run()

    @property
    def is_settled(self) -> bool:
        """The hall is there, and has answered for everything."""
        return self.keeper.state == "here" and not self.draws.pending()
