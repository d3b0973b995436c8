"""One address may hold so many live connections at all processes together; none is counted of who was killed."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import socketio
from socketio.exceptions import ConnectionError as Refused

from tests.kiosk_machine import wait_for

if TYPE_CHECKING:
    from tests.scaled import StartScaled
    from tests.servers import LiveHall

MOST = 6


def hold(process: LiveHall) -> socketio.Client | None:
    """One more live connection at this process; None where it is refused."""
    client = socketio.Client(reconnection=False, handle_sigint=False)
    with suppress(Refused):
        client.connect(process.url, transports=["websocket"], namespaces=["/live"], wait_timeout=60)
        return client
    return None


def lets_in(process: LiveHall) -> bool:
    """Whether one more would be accepted; it does not stay."""
    client = hold(process)
    if client is not None:
        client.disconnect()
    return client is not None


def test_an_address_is_counted_over_all_processes_and_nothing_of_a_killed_one(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled(SOCKETS_PER_ADDRESS=str(MOST))
    first, second = hall.processes
    held = [hold(process) for process in (first, second) for _each in range(MOST // 2)]
    assert all(held), "So many are allowed."
    wait_for(lambda: not lets_in(first), "the first process to count those of the second", 120)
    wait_for(lambda: not lets_in(second), "the second process to count those of the first", 120)
    second.stop(signal.SIGKILL)
    wait_for(lambda: lets_in(first), "what a killed process held to be forgotten", 120)
    held += [hold(first) for _each in range(MOST // 2)]
    assert held[-1] is not None and not lets_in(first)
    second.start()
    wait_for(lambda: not lets_in(second), "a process that was started again to hear of the others", 120)
    hall.redis.stop()
    wait_for(lambda: lets_in(second), "each process to count for itself without Redis", 120)
    assert not lets_in(first), "Its own limit holds without Redis, too."
    hall.redis.start()
    wait_for(lambda: not lets_in(second), "all to be counted together again", 120)
    for client in held:
        if client is not None:
            client.disconnect()
