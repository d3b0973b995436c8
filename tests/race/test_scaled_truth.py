"""Q11: screens show the truth without asking again, whatever was killed, frozen or cut between the processes.

No screen of these tests asks a second time: what it shows, somebody has told it.
"""

from __future__ import annotations

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import redis
import requests

from tests.gate import Gate, gate_at
from tests.race.test_scaled_live import BOARD, LINES, PHONES, draw, press
from tests.relay import Relay
from tests.screens import Screen, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.scaled import ScaledHall, StartScaled

TOPICS = (BOARD, LINES, PHONES)


@pytest.fixture
def hall(scaled_hall: ScaledHall) -> Iterator[ScaledHall]:
    """The module's hall, whole again after each test."""
    yield scaled_hall
    for process in scaled_hall.processes:
        if process.process is None:
            process.start()


def asked(hall: ScaledHall, at: int, topics: tuple[str, ...] = TOPICS) -> dict[str, dict[str, Any]]:
    """What somebody reads who asks now."""
    with Screen(hall.urls[at], *topics) as screen:
        return {topic: without_version(screen.content(topic)) for topic in topics}


def without_version(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "version"}


def shows_truth(screen: Screen, hall: ScaledHall, at: int) -> None:
    """Wait until the screen, which does not ask, shows what one reads who asks."""
    until(
        "Q11: a screen that does not ask shows the truth",
        lambda: (
            {topic: without_version(screen.content(topic)) for topic in screen.topics}
            == asked(hall, at, screen.topics)
        ),
    )


def waiting(screen: Screen) -> int:
    return int(screen.states[BOARD]["waiting"]["A"])


def board_says(screen: Screen, count: int) -> bool:
    return waiting(screen) == count


def phones_differ(screen: Screen, told: dict[str, Any]) -> bool:
    return screen.content(PHONES) != told


def waits_or_differ(gate: Gate, screen: Screen, told: dict[str, Any]) -> bool:
    return gate.waiting or phones_differ(screen, told)


def is_over(phone: Screen) -> bool:
    return bool(phone.states[phone.topics[0]]["state"] == "abandoned")


def test_Q11_what_a_killed_process_committed_and_never_told_is_shown_by_the_others(hall: ScaledHall) -> None:
    with Screen(hall.urls[0], *TOPICS) as screen, gate_at(hall.prepared.database_url) as gate:
        draw(hall, 1)
        shows_truth(screen, hall, 0)
        before = waiting(screen)
        gate.shut()
        draw(hall, 1)
        until("the process has committed and would tell it", lambda: gate.waiting)
        hall.processes[1].stop(signal.SIGKILL)
        assert waiting(screen) == before, "it was killed before it told anybody"
        gate.open()
        until("Q11: the neighbour tells what the killed process did", lambda: waiting(screen) == before + 1)
        shows_truth(screen, hall, 0)


def test_Q2_Q11_a_process_that_stands_still_while_it_tells_holds_up_nobody_for_long(hall: ScaledHall) -> None:
    with Screen(hall.urls[0], *TOPICS) as screen, gate_at(hall.prepared.database_url) as gate:
        shows_truth(screen, hall, 0)
        before = waiting(screen)
        gate.shut()
        draw(hall, 1)
        until("the process has committed and would tell it", lambda: gate.waiting)
        frozen = [psutil.Process(pid) for pid in hall.processes[1].workers]
        for worker in frozen:
            worker.suspend()
        try:
            gate.open()  # the versions are its own now, and it does not give them back
            draw(hall, 0)
            until("Q11: the neighbour tells what both did", lambda: waiting(screen) == before + 2)
            shows_truth(screen, hall, 0)
        finally:
            for worker in frozen:
                worker.resume()
        with Screen(hall.urls[1], *TOPICS) as there:
            draw(hall, 1)
            until("Q11: it goes on when it wakes", lambda: waiting(screen) == waiting(there) == before + 3)


def test_Q11_what_waited_for_its_pace_in_a_killed_process_is_shown_by_the_others(hall: ScaledHall) -> None:
    with Screen(hall.urls[0], *TOPICS) as screen, gate_at(hall.prepared.database_url) as gate:
        for _again in range(20):  # until the second draw's turn for phones has not come when the gate shuts
            shows_truth(screen, hall, 0)
            before, told = waiting(screen), screen.content(PHONES)
            draw(hall, 0)
            until("phones are told of the first", partial(phones_differ, screen, told))
            told = screen.content(PHONES)
            draw(hall, 1)
            until("the board shows both at once", partial(board_says, screen, before + 2))
            gate.shut()
            until(
                "phones are told of the second, or its process waits to tell",
                partial(waits_or_differ, gate, screen, told),
            )
            if not phones_differ(screen, told):
                break
            gate.open()
        hall.processes[1].stop(signal.SIGKILL)
        assert screen.content(PHONES) == told, "phones were not told yet"
        gate.open()
        until("Q11: the neighbour's phones are told", lambda: screen.content(PHONES) != told)
        shows_truth(screen, hall, 0)


def test_Q11_a_redis_that_stands_still_for_seconds_leaves_no_screen_behind(hall: ScaledHall) -> None:
    with Screen(hall.urls[0], *TOPICS) as here, Screen(hall.urls[1], *TOPICS) as there:
        away = hall.log.count("redis_away")
        assert hall.redis.process is not None
        hall.redis.process.suspend()
        try:
            draw(hall, 0)
            draw(hall, 1)
            until("both processes notice", lambda: hall.log.count("redis_away") == away + 2)
            broken = hall.log.count("redis_line_given_up")
            until("both give up the line", lambda: hall.log.count("redis_line_given_up") >= broken + 2)
            draw(hall, 0)
            draw(hall, 1)
        finally:
            hall.redis.process.resume()
        shows_truth(here, hall, 0)
        shows_truth(there, hall, 1)


def test_Q11_what_was_told_while_one_process_had_no_line_is_shown_by_its_screens(hall: ScaledHall) -> None:
    with Screen(hall.urls[1], *TOPICS) as there:
        shows_truth(there, hall, 1)
        before = waiting(there)
        cut_line_of(hall, 1)
        draw(hall, 0)
        until("Q11: its screens show what was told meanwhile", lambda: waiting(there) == before + 1)
        shows_truth(there, hall, 1)


def cut_line_of(hall: ScaledHall, at: int) -> None:
    """Redis hangs up on the process that listens; it will notice, and listen anew."""
    workers = [psutil.Process(pid) for pid in hall.processes[at].workers]
    ours = {line.laddr.port for worker in workers for line in worker.net_connections()}
    with redis.Redis(port=hall.redis.port) as server:
        heard = server.client_list(_type="pubsub")
        lines = [each for each in heard if int(each["addr"].split(":")[-1]) in ours]
        assert len(lines) == 1
        server.client_kill_filter(_id=lines[0]["id"])


def test_Q11_a_process_that_nobody_heard_for_seconds_tells_afterwards(start_scaled: StartScaled) -> None:
    hall = start_scaled()
    first = hall.processes[0]
    with Relay(hall.redis.port) as relay:
        first.stop(signal.SIGKILL)
        first.more = {**first.more, "REDIS_URL": f"redis://127.0.0.1:{relay.port}/0"}
        first.start()
        with Screen(hall.urls[0], *TOPICS) as here, Screen(hall.urls[1], *TOPICS) as there:
            relay.silence()
            draw(hall, 0)
            until("Q11: the other takes it for gone, and tells what it did", lambda: waiting(there) == 1)
            draw(hall, 0)
            until("its own screens show both", lambda: waiting(here) == 2)
            assert waiting(there) == 1, "the other process heard nothing, on a line that never broke"
            relay.speak()
            until("Q11: the other's screens show what was not told", lambda: waiting(there) == 2)
            shows_truth(there, hall, 1)
            shows_truth(here, hall, 0)


def listened_to(hall: ScaledHall, topics: set[str]) -> bool:
    """Whether processes listen to these and to no other topics."""
    with redis.Redis(port=hall.redis.port) as server:
        channels = server.pubsub_channels("*:to:*")
    return {channel.decode().partition(":to:")[2] for channel in channels} == topics


def test_states_are_told_for_topics_that_somebody_watches_at_any_process_and_for_no_others(
    hall: ScaledHall,
) -> None:
    with (
        Screen(hall.urls[1], BOARD) as board,
        redis.Redis(port=hall.redis.port) as server,
        server.monitor() as heard,
    ):
        until("nobody else watches: screens of before are forgotten", partial(listened_to, hall, {BOARD}))
        before = waiting(board)
        for turn in (1, 2):  # when the second is shown, all that the first touches has been told
            draw(hall, 0)
            until("the board at the other process shows it", partial(board_says, board, before + turn))
        server.publish("enough", "")
        said: list[str] = []
        while not said or said[-1] != "PUBLISH enough ":
            said.append(heard.next_command()["command"])
    told = {found[1] for each in said if (found := re.match(r"PUBLISH \S+:to:(\S+)", each))}
    assert told == {BOARD}, f"Built and sent, though nobody watches: {told - {BOARD}}"


def test_Q11_who_comes_while_something_happens_elsewhere_misses_nothing(hall: ScaledHall) -> None:
    headers = {"Authorization": f"Bearer {hall.demo['kiosk']['token']}"}

    def take(turn: int) -> str:
        path, own = f"{hall.urls[0]}/api/v1/tickets", {"Idempotency-Key": f"comes-{turn}"}
        answer = requests.post(path, json={"line": "xixian-a"}, headers=headers | own, timeout=30)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    with ThreadPoolExecutor(1) as pool:
        for turn in range(15):  # each time the first to watch that room at the other process
            token = take(turn)
            leaves = pool.submit(requests.post, f"{hall.urls[0]}/api/v1/tickets/{token}/abandon", timeout=30)
            with Screen(hall.urls[1], f"ticket:{token}") as phone:
                assert leaves.result().status_code == 200, leaves.result().text
                until("Q11: a phone that came in the same moment hears of it", partial(is_over, phone))


def test_Q11_a_call_is_shown_at_once_by_screens_that_came_after_a_process_was_replaced(
    hall: ScaledHall,
) -> None:
    hall.processes[1].restart()
    with Screen(hall.urls[1], BOARD) as there:
        before = waiting(there)
        draw(hall, 0)
        until("Q11: the new process's screens hear of it", lambda: waiting(there) == before + 1)
        press(hall, 1, "open")
