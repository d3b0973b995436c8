"""The other processes of this hall: what one of them keeps in memory and another has changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import gevent

from hall.accounts.bearers import touches_accounts
from hall.live.callers import accounts_touched
from hall.live.healing import Healing
from hall.live.moments import LEADER_S

if TYPE_CHECKING:
    from flask import Flask

    from hall.accounts.bearers import Bearers
    from hall.facts import Fact
    from hall.live.bus import Bus
    from hall.live.callers import Callers
    from hall.live.publisher import Publisher


def join(app: Flask, bus: Bus, publisher: Publisher, callers: Callers) -> None:
    """Tell the others from now on, and hear them."""
    app.extensions["hall_units"].subscribers.insert(0, partial(tell, bus))
    bus.hearers.append(partial(hear, app.extensions["hall_bearers"], callers))
    bearers = app.extensions["hall_bearers"]
    bus.returned += [publisher.retell, bearers.clear]
    bus.doubts += [Healing(publisher).begin, lambda _rooms: bearers.clear()]
    publisher.bus = bus
    bus.start()


def tell(bus: Bus, happened: list[Fact]) -> None:
    """After a commit here: accounts may be others now."""
    if touches_accounts(happened):
        gevent.spawn(bus.tell, accounts=sorted(accounts_touched(happened)))  # the request waits for no Redis


def hear(bearers: Bearers, callers: Callers, notice: dict[str, Any]) -> None:
    """After a commit elsewhere: look everybody up anew, and close the sockets of those who count no longer."""
    bearers.clear()
    callers.look_at(notice["accounts"])


def leads(bus: Bus | None) -> bool:
    """Whether this process looks at the passing time: the only one does, of several the one that leads."""
    return bus is None or bus.leads("moments", LEADER_S.total_seconds())
