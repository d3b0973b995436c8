"""The product under gunicorn as `make run` serves it: what it logs, and what a restart keeps."""

from __future__ import annotations

import signal
import socket

import pytest
import requests

from tests.servers import LiveHall

SECRET = "Zq9token7Zq9token7Zq9"  # no secret: looked for in logs


@pytest.fixture(scope="session")
def nursery() -> None:
    """Servers start from nothing, as with `make run`."""


def _window_of(hall: LiveHall, clerk: dict[str, str]) -> int:
    headers = {"Authorization": f"Bearer {clerk['token']}"}
    return requests.get(
        f"{hall.url}/api/v1/windows/{clerk['window']}", headers=headers, timeout=30
    ).status_code


def _say(hall: LiveHall, words: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", hall.port), timeout=30) as caller:
        caller.sendall(words)
        return caller.recv(65_536)


@pytest.mark.one_process("what gunicorn answers by itself, and its log, is looked at")
def test_E2_the_log_names_no_address_and_no_caller(live_server: LiveHall) -> None:
    requests.get(f"{live_server.url}/t/{SECRET}", timeout=30)
    requests.get(f"{live_server.url}/api/v1/tickets/{SECRET}?code={SECRET}", timeout=30)
    assert b" 400 " in _say(live_server, f"GET /t/{SECRET} HTTP/9.9\r\n\r\n".encode())
    assert b" 400 " in _say(
        live_server, f"GET /t/{SECRET} HTTP/1.1\r\nbad header{SECRET}: x\r\n\r\n".encode()
    )
    written = [line for line in live_server.log.splitlines() if "Listening at" not in line]
    assert not [line for line in written if SECRET in line], (
        "Filter it in gunicorn.conf.py or log without it."
    )
    assert not [line for line in written if "127.0.0.1" in line], (
        "Filter it in gunicorn.conf.py or log without it."
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
def test_a_restart_keeps_accounts_and_tokens(live_server: LiveHall, how: signal.Signals) -> None:
    clerk = next(person for person in live_server.demo["staff"] if person["window"])
    before = _window_of(live_server, clerk)
    live_server.stop(how)
    with pytest.raises(requests.ConnectionError):
        requests.get(live_server.url, timeout=5)
    live_server.start()
    assert (before, _window_of(live_server, clerk)) == (200, 200)


@pytest.mark.parametrize(("lang", "said"), [("en", "The window is closed."), ("zh", "窗口")])
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "once"}], ids=["plain", "with-key"])
def test_E1_a_refusal_from_the_writers_thread_speaks_the_callers_language(
    shared_hall: LiveHall, lang: str, said: str, key: dict[str, str]
) -> None:
    clerk = next(person for person in shared_hall.demo["staff"] if person["window"])
    named = {name: f"{value}-{lang}" for name, value in key.items()}
    headers = {"Authorization": f"Bearer {clerk['token']}", "Accept-Language": lang, **named}
    address = f"{shared_hall.url}/api/v1/windows/{clerk['window']}/call-next"
    for _time in range(2):  # a kept refusal, too
        refused = requests.post(address, headers=headers, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (409, "window_closed")
        assert refused.json()["detail"].startswith(said)
