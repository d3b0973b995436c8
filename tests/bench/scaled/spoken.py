"""How the two servers of the fan-out are greeted: what a listener awaits, and what it says then."""

from __future__ import annotations

Steps = list[tuple[str, str]]
SWITCHED = "101 Switching Protocols"


def hello_of(hello: str) -> tuple[str, Steps]:
    """Path and steps of `bare`, or of a topic of the live channel."""
    if hello == "bare":
        return "/", [(SWITCHED, "")]
    watch = '42/live,0["watch",{"topic":"' + hello + '"}]'
    steps = [(SWITCHED, ""), ('"sid"', "40/live,"), ("40/live,", ""), ('"sid"', watch), ('"ok":true', "")]
    return "/socket.io/?EIO=4&transport=websocket", steps
