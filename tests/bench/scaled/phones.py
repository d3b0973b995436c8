"""`python -m tests.bench.scaled.phones PORT COUNT`: phones that follow tickets, each one ticket and its line.

An order `LINE TOKEN` gives the ticket to the next phone, which lets go of the one it followed before; `?` asks how they
are. Says how many there are when all are connected.
"""

from __future__ import annotations

import json
import sys
from itertools import cycle

from tests.bench.scaled.sockets import Program, Sockets

REFUSED = b'"ok":false'
ACKNOWLEDGED = b"43/live,"


class _Phones(Sockets):
    def __init__(self, port: int, count: int) -> None:
        super().__init__(port)
        self.turn = cycle(self.connect(count))
        self.followed: dict[int, tuple[str, str]] = {}
        self.messages = self.refused = 0

    def obey(self, order: str) -> object | None:
        if order == "?":
            said = {"phones": len(self.open), "lost": self.lost, "refused": self.refused}
            return {**said, "following": len(self.followed), "messages": self.messages}
        line, _, token = order.partition(" ")
        number = next(self.turn)
        fresh = (f"line:{line}", f"ticket:{token}")
        for topic in self.followed.get(number, ()):
            if topic not in fresh:
                self.say(number, "unwatch", topic=topic)
        for topic in fresh:
            self.say(number, "watch", ack=1, topic=topic)
        self.followed[number] = fresh
        return None

    def hear(self, number: int, told: bytes, at: float) -> None:
        self.messages += 1
        if told.startswith(ACKNOWLEDGED) and REFUSED in told[:60]:
            self.refused += 1


class Phones(Program):
    """The program, from outside."""

    def __init__(self, port: int, count: int) -> None:
        super().__init__(__spec__.name, str(port), str(count))

    def follow(self, line: str, token: str) -> None:
        """Somebody drew a ticket and follows it."""
        self.tell(f"{line} {token}")


if __name__ == "__main__":
    phones = _Phones(int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps(len(phones.open)), flush=True)
    phones.run()
