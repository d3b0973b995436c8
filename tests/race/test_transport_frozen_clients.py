"""Clients that freeze are cleared away whole: connection, session, rooms, greenlets. Within two minutes."""

from __future__ import annotations

from inspect import signature
from threading import Thread

import pytest

from hall.live import transport
from tests.race.transport_peers import Client, frame, server, until

NOTHING = {"sessions": 0, "members": 0, "environs": 0}
ONE = dict.fromkeys(NOTHING, 1)


def test_item9_a_client_that_falls_silent_is_cleared_away_whole() -> None:
    with server(ping_interval=1, ping_timeout=1) as running:
        with Client(running, "warm").join():
            pass
        until("the first client is gone", lambda: running.get("/counts").items() >= NOTHING.items())
        with Client(running, "honest").join() as honest:
            before = running.get("/counts")["greenlets"]
            listening = Thread(target=honest.numbers, args=[1], daemon=True)
            listening.start()
            silent = [Client(running, f"silent-{number}") for number in range(6)]
            for client in silent[:3]:
                client.join()  # the others stay strangers, who cost as much
            until("all silent clients are disconnected", lambda: not any(map(running.holds, silent)))
            for client in silent:
                client.sock.close()
            until("their greenlets are gone", lambda: running.get("/counts")["greenlets"] <= before)
            assert running.get("/counts").items() >= ONE.items(), "their sessions and rooms must go too"
            assert running.holds(honest), "who answers pings stays"
            running.emit(1, 10)
            listening.join(10)
            assert not listening.is_alive(), "who answers pings is still served"


def test_item9_a_client_that_stops_reading_is_cut_even_if_it_goes_on_talking() -> None:
    with (
        server(frozen_after_seconds=1.5) as running,
        Client(running, "stuck", receive_buffer=65_536).join() as stuck,
        Client(running, "fine").join() as fine,
    ):
        for first in range(0, 50, 10):  # 1 MB: more than the kernel takes, less than the backlog may hold
            running.emit(10, 20_000, first=first)
            stuck.sock.sendall(frame(b"3"))  # an unasked pong: Engine.IO takes the client for alive
            assert fine.numbers(10) == list(range(first, first + 10)), (
                "a stuck client must not hold up the others"
            )
        until("the stuck client is disconnected", lambda: not running.holds(stuck))
        assert running.get("/counts").items() >= ONE.items(), "the session must go with its connection"
        running.emit(1, 10)
        assert fine.numbers(1) == [0], "the others stay"


def test_item9_the_production_settings_clear_a_frozen_client_within_two_minutes() -> None:
    silent = transport.PING_INTERVAL_SECONDS + transport.PING_TIMEOUT_SECONDS
    monitor = transport.PING_TIMEOUT_SECONDS  # one round of Engine.IO's watch over all its clients
    not_reading = signature(transport.install).parameters["frozen_after_seconds"].default
    longest = max(silent + monitor, not_reading) + transport.LINGER_SECONDS
    assert longest < 120, "a frozen client must be gone within two minutes: lower the pings or the limit"


def test_item9_a_changed_library_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(transport.CHECKED, "python-engineio", "4.0.0")
    with pytest.raises(transport.UpstreamChangedError, match=r"python-engineio \S+ \(was 4\.0\.0\)"):
        transport.install()
