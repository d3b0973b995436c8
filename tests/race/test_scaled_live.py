"""Two processes of one hall: what one commits, the sockets of both show; Redis may come and go."""

from __future__ import annotations

import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import requests

from tests.screens import Screen, until

if TYPE_CHECKING:
    from tests.scaled import ScaledHall, StartScaled

BOARD, LINES, PHONES = "site:xixian:board", "site:xixian:lines", "line:xixian-a"


def draw(hall: ScaledHall, at: int) -> str:
    """A number from the kiosk, drawn at one of the processes."""
    headers = {
        "Authorization": f"Bearer {hall.demo['kiosk']['token']}",
        "Idempotency-Key": secrets.token_hex(8),
    }
    url = f"{hall.urls[at % len(hall.urls)]}/api/v1/tickets"
    answer = requests.post(url, json={"line": "xixian-a"}, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def shown(screen: Screen) -> set[str]:
    """Numbers that the board calls."""
    return {call["number"] for call in screen.states[BOARD]["calls"]}


def clerk(hall: ScaledHall, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = [row for row in hall.demo["staff"] if row["window"]][place]
    return found


def press(hall: ScaledHall, at: int, verb: str, body: dict[str, Any] | None = None) -> requests.Response:
    who = clerk(hall)
    url = f"{hall.urls[at]}/api/v1/windows/{who['window']}/{verb}"
    answer = requests.post(url, json=body, headers={"Authorization": f"Bearer {who['token']}"}, timeout=30)
    assert answer.status_code in {200, 204}, answer.text
    return answer


def test_Q11_a_call_at_one_process_is_shown_by_the_sockets_of_the_other_under_the_same_version(
    scaled_hall: ScaledHall,
) -> None:
    topics = (BOARD, LINES, PHONES, f"window:{clerk(scaled_hall)['window']}")
    token = clerk(scaled_hall)["token"]
    with (
        Screen(scaled_hall.urls[0], *topics, token=token) as here,
        Screen(scaled_hall.urls[1], *topics, token=token) as there,
    ):
        draw(scaled_hall, 1)
        press(scaled_hall, 0, "open")
        number = press(scaled_hall, 0, "call-next").json()["number"]
        until(
            "Q11: the call is shown at both processes",
            lambda: number in shown(here) and number in shown(there),
        )
        press(scaled_hall, 1, "finish", {"outcome": "done"})
        until(
            "Q11: both processes' sockets end with the same states under the same versions",
            lambda: all(here.content(topic) == there.content(topic) for topic in topics),
        )


def test_Q11_phones_of_a_line_hear_at_most_once_a_second_from_all_processes_together(
    scaled_hall: ScaledHall,
) -> None:
    with Screen(scaled_hall.urls[0], PHONES) as here, Screen(scaled_hall.urls[1], PHONES) as there:
        begun = max(here.states[PHONES]["version"], there.states[PHONES]["version"])
        stop = time.monotonic() + 6
        with ThreadPoolExecutor(2) as pool:
            last = [
                future.result()
                for future in [pool.submit(draw_until, scaled_hall, at, stop) for at in (0, 1)]
            ]
        assert all(last)
        scaled_hall.processes[0].flask(
            "hall", "journal", "verify"
        )  # some seconds in which what is due goes out
        until("the last draw is told", lambda: here.content(PHONES) == there.content(PHONES))
        told = [[v for v in screen.versions(PHONES) if v > begun] for screen in (here, there)]
    versions = told[0]
    assert versions == told[1], "Q11: both processes' phones hear the same messages"
    assert len(versions) >= 3, "phones heard while people drew"
    apart = [later - earlier for earlier, later in pairwise(versions)]
    assert min(apart) >= 1000, (
        f"Q11: phones of a line hear at most once a second; milliseconds apart: {apart}"
    )


def draw_until(hall: ScaledHall, at: int, stop: float) -> str:
    number = ""
    while time.monotonic() < stop:
        number = draw(hall, at)
        time.sleep(0.1)
    return number


def test_guesses_count_at_all_processes_together(scaled_hall: ScaledHall) -> None:
    said = [
        requests.post(
            f"{scaled_hall.urls[each % 2]}/api/v1/devices/enrol",
            json={"code": f"{each:06d}"},
            timeout=30,
        ).status_code
        for each in range(12)
    ]
    assert said[:10] == [404] * 10, said
    assert said[10:] == [429, 429], f"ten guesses of all processes together: {said}"


def test_a_revoked_device_is_refused_at_the_other_process_and_its_socket_closed(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled()
    token = hall.demo["kiosk"]["token"]
    draw(hall, 1)  # the other process knows it now
    with Screen(hall.urls[1], LINES, token=token) as kiosk, requests.Session() as manager:
        assert not kiosk.closed
        form = {"user": "manager", "password": hall.demo["staff"][0]["password"]}
        manager.post(f"{hall.urls[0]}/sign-in", data=form | csrf(manager, hall, "/sign-in"), timeout=30)
        page = manager.get(f"{hall.urls[0]}/admin/devices", timeout=30).text
        for number in sorted(set(re.findall(r"/admin/devices/(\d+)", page))):
            path = f"/admin/devices/{number}"
            gone = manager.post(f"{hall.urls[0]}{path}/revoke", data=csrf(manager, hall, path), timeout=30)
            assert gone.status_code == 200, gone.text
        headers = {"Authorization": f"Bearer {token}"}
        until(
            "the other process refuses the revoked device",
            lambda: (
                requests.get(
                    f"{hall.urls[1]}/api/v1/sites/xixian/printers", headers=headers, timeout=30
                ).status_code
                == 401
            ),
        )
        until("its socket at the other process is closed", lambda: kiosk.closed)


def csrf(browser: requests.Session, hall: ScaledHall, path: str) -> dict[str, str]:
    page = browser.get(f"{hall.urls[0]}{path}", timeout=30).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return {"csrf_token": found[1]}


def test_with_redis_away_every_press_succeeds_and_its_return_tells_all_sockets(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled()
    with Screen(hall.urls[0], BOARD) as here, Screen(hall.urls[1], BOARD) as there:
        draw(hall, 0)
        press(hall, 0, "open")
        hall.redis.stop()
        number = press(hall, 0, "call-next").json()["number"]
        assert draw(hall, 1) > number, "Q1: numbers go on while Redis is away"
        until(
            "the call is shown by the process that made it",
            lambda: number in shown(here),
        )
        failed = [
            requests.get(f"{url}/t/{'x' * 24}", timeout=30).status_code for url in hall.urls for _ in range(3)
        ]
        assert set(failed) == {404}, "strangers are answered, and counted in the process"
        hall.redis.start()
        until(
            "Redis is back, and the other process sends what its sockets missed, unasked",
            lambda: number in shown(there),
        )
        draw(hall, 0)
        until("states go through Redis again", lambda: here.content(BOARD) == there.content(BOARD))
        until("both processes said so", lambda: hall.log.count("redis_back") >= len(hall.urls))
    assert "redis_away" in hall.log
