"""`python -m tests.bench.scaled.screens PORT EACH SITE …`: screens that show the boards of sites, so many in each.

`?` asks when each call first stood on which screen, since it was asked before. Says how many there are when all are
connected and have been told their board.
"""

from __future__ import annotations

import json
import sys

from tests.bench.scaled.sockets import Program, Sockets

STATE = b'42/live,["state",'
ACKNOWLEDGED = b"43/live,1"


class _Screens(Sockets):
    def __init__(self, port: int, each: int, sites: list[str]) -> None:
        super().__init__(port)
        self.stopped: set[int] = set()
        self.seen: dict[str, dict[int, float]] = {}
        self.refused = self.messages = 0
        for site in sites:
            for number in self.connect(each):
                self.say(number, "watch", ack=1, topic=f"site:{site}:board")

    def obey(self, order: str) -> object | None:
        assert order == "?", order
        calls, self.seen = self.seen, {}
        said = {"screens": len(self.open), "lost": self.lost, "refused": self.refused}
        return {**said, "messages": self.messages, "calls": calls}

    def hear(self, number: int, told: bytes, at: float) -> None:
        self.messages += 1
        if told.startswith(STATE):
            self._show(number, json.loads(told[len(STATE) : -1]), at)
        elif told.startswith(ACKNOWLEDGED):
            (answer,) = json.loads(told[len(ACKNOWLEDGED) :])
            if answer["ok"]:
                self._show(number, answer["state"], at)
            else:
                self.refused += 1

    def _show(self, number: int, board: dict[str, object], at: float) -> None:
        calls: list[dict[str, str]] = board["calls"]  # type: ignore[assignment]
        for call in calls:
            key = f"{call['window']} {call['number']} {call['called_at']}"
            self.seen.setdefault(key, {}).setdefault(number, at)


class Screens(Program):
    """The program, from outside."""

    def __init__(self, port: int, each: int, sites: list[str]) -> None:
        super().__init__(__spec__.name, str(port), str(each), *sites)


if __name__ == "__main__":
    screens = _Screens(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    print(json.dumps(len(screens.open)), flush=True)
    screens.run()
