"""How many numbers one device may draw in a minute (`DRAWS_PER_DEVICE`): against a token that was taken from a kiosk.

Off unless the hall sets it: the interface promises devices at work no limit. Counted in this process alone, so that no
draw waits for Redis; of several processes each counts for itself. What a kiosk drew alone and hands in is bounded by
its ranges (Q9), what staff draw by nothing.
"""

from __future__ import annotations

import math
import time
from collections import deque
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

from flask import current_app, g
from flask_babel import lazy_gettext as _l

from hall.actor import ActorKind
from hall.errors import TooMany

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

P = ParamSpec("P")
MINUTE = 60.0
EXTENSION = "hall_draws"


class Draws:
    """When each device drew within the last minute; a device has at most `most` of them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._of: dict[str, deque[float]] = {}

    def begin(self, device: str, now: float) -> float:
        """Note a draw; answers 0, or how many seconds the device has to wait, and then nothing is noted."""
        drawn = self._of.setdefault(device, deque())
        while drawn and drawn[0] <= now - MINUTE:
            drawn.popleft()
        if len(drawn) >= self.most:
            return drawn[0] + MINUTE - now
        drawn.append(now)
        return 0.0

    def forget(self, device: str, at: float) -> None:
        """It was none after all: refused, or an answer of before given again."""
        if at in self._of.get(device, ()):
            self._of[device].remove(at)


def bounded(view: Callable[P, Response]) -> Callable[P, Response]:
    """A view that draws: what a device draws beyond the bound is answered 429, with words for whoever stands there."""

    @wraps(view)
    def within(*args: P.args, **kwargs: P.kwargs) -> Response:
        most = current_app.config["HALL"].draws_per_device
        if not most or g.actor.kind is not ActorKind.DEVICE:
            return view(*args, **kwargs)
        draws: Draws = current_app.extensions.setdefault(EXTENSION, Draws(most))
        device, now = g.actor.key, time.monotonic()
        wait = draws.begin(device, now)
        if wait:
            raise TooMany(
                _l(
                    "More numbers were drawn here within a minute than people can take. Please wait a little."
                ),
                retry_after=math.ceil(wait),
            )
        try:
            response = view(*args, **kwargs)
        except Exception:
            draws.forget(device, now)
            raise
        if "Idempotent-Replay" in response.headers:
            draws.forget(device, now)
        return response

    return within
