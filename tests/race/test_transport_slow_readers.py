"""A client that reads slowly gets every frame whole and in order, and costs the others nothing."""

from __future__ import annotations

import time

from tests.race.transport_peers import Client, server, until

FRAME = 20_000
SMALL_BUFFER = 65_536


def test_item9_a_slow_reader_gets_every_frame_whole_and_in_order_and_holds_up_nobody() -> None:
    with (
        server(max_backlog_bytes=16_000_000) as running,
        Client(running, "slow", receive_buffer=SMALL_BUFFER).join() as slow,
        Client(running, "fast").join() as fast,
    ):
        for first in range(0, 400, 20):  # 8 MB: more than any kernel buffer takes in
            running.emit(20, FRAME, first=first, room=["slow", "fast"])
            assert fast.numbers(20) == list(range(first, first + 20)), (
                "a slow reader must not hold up a fast one"
            )
        assert slow.numbers(400) == list(range(400)), "nothing may overtake the backlog while it is not empty"
        running.emit(3, 10)
        assert slow.numbers(3) == [0, 1, 2], "after the backlog the direct way must work again"


def test_item9_answers_and_broadcasts_to_a_slow_reader_keep_their_order() -> None:
    with (
        server(max_backlog_bytes=16_000_000) as running,
        Client(running, "slow", receive_buffer=SMALL_BUFFER).join() as slow,
    ):
        running.emit(400, FRAME)
        slow.say('42/live,7["echo","behind"]')
        assert slow.numbers(400) == list(range(400)), "broadcasts must come in order"
        assert slow.text() == '43/live,7["behind"]', "an answer goes behind the frames before it"


def test_item9_a_client_that_lets_too_much_pile_up_is_cut_and_the_others_stay() -> None:
    with (
        server(max_backlog_bytes=1_000_000) as running,
        Client(running, "stuck", receive_buffer=SMALL_BUFFER).join() as stuck,
        Client(running, "fast").join() as fast,
    ):
        for _ in range(4):
            running.emit(25, FRAME)
            assert fast.numbers(25) == list(range(25)), "a cut must not touch the others"
        until("the stuck client is gone", lambda: not running.holds(stuck))
        assert running.get("/counts")["members"] == 1, "the fast client stays, the stuck one leaves its rooms"
        assert running.holds(fast), "only the stuck client may be cut"


def test_item9_a_client_that_does_not_read_its_answers_is_not_listened_to() -> None:
    asked = 400
    with server() as running, Client(running, "deaf", receive_buffer=SMALL_BUFFER).join() as deaf:
        for number in range(asked):
            deaf.say(f'42/live,{number}["large",{FRAME}]')
        seen = [0, 1]
        while seen[-1] != seen[-2] or seen[-1] == 0:  # until the server goes no further
            time.sleep(0.1)
            seen.append(running.get("/counts")["events"])
        assert seen[-1] < asked // 2, (
            "stop reading from a client with a backlog, or its answers fill the memory"
        )
        answers = 0
        while answers < asked:
            answers += deaf.text().startswith("43/live,")
        assert running.get("/counts")["events"] == asked, (
            "once it reads again, all its questions are answered"
        )


def test_item9_frames_of_every_length_arrive_as_they_were_sent() -> None:
    with server() as running, Client(running, "one").join() as one:
        for size in (1, 60, 61, 62, 63, 64, 65, 200, 65_470, 65_500, 65_600):
            running.emit(2, size)
            assert one.numbers(2) == [0, 1], "short, 16-bit and 64-bit lengths must all be framed right"
