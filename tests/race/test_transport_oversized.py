"""What a stranger sends is bounded while it arrives: size, shape, and what it may make the server keep."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from tests.race.transport_peers import PATIENCE, Client, Server, frame, server, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT = 16_384
MEGABYTE = 1 << 20
ATTACK = 48 * MEGABYTE
ALLOWED = 8 * MEGABYTE
"""Growth of the worker that is no sign of buffering: well under the attack, well over the allocator's noise."""


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as one:
        yield one


def one_frame() -> Iterator[bytes]:
    yield frame(b"", claims=ATTACK)
    for _ in range(ATTACK // MEGABYTE):
        yield b"a" * MEGABYTE


def fragments() -> Iterator[bytes]:
    yield frame(b"a" * MEGABYTE, final=False)
    part = frame(b"a" * MEGABYTE, opcode=0, final=False)
    for _ in range(ATTACK // MEGABYTE - 1):
        yield part


def small_fragments() -> Iterator[bytes]:
    yield frame(b"a" * 1000, final=False)
    part = frame(b"a" * 1000, opcode=0, final=False) * 1000
    for _ in range(ATTACK // len(part)):
        yield part


def send_all_of(attack: Iterator[bytes], client: Client) -> None:
    try:
        for piece in attack:
            client.sock.sendall(piece)
    except OSError:
        pass  # the server has hung up, as it should


@pytest.mark.parametrize(
    ("attack", "namespaces"),
    [
        pytest.param(one_frame, 0, id="a stranger's one frame"),
        pytest.param(fragments, 0, id="a stranger's fragments"),
        pytest.param(small_fragments, 1, id="a client's small fragments"),
    ],
)
def test_item9_an_oversized_message_is_cut_while_it_arrives(
    running: Server, attack: Callable[[], Iterator[bytes]], namespaces: int
) -> None:
    with Client(running, "big") as client:
        for _ in range(namespaces):
            client.join()
        before = running.memory()
        send_all_of(attack(), client)
        assert running.memory() - before < ALLOWED, "count the bytes as they arrive, not the finished message"
        until("the attacker is disconnected", lambda: not running.holds(client))
        assert running.get("/counts")["sessions"] == 0, "the session must go with its connection"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(
            frame(b"4" * (LIMIT + 1), claims=ATTACK), 1009, id="one byte over the limit of a huge frame"
        ),
        pytest.param(frame(b"4" * MEGABYTE), 1009, id="told although it had sent on"),
        pytest.param(frame("汉".encode() * (LIMIT // 3 + 1)), 1009, id="bytes count, not characters"),
        pytest.param(
            frame(b"4", final=False) + frame(b"", opcode=0, final=False) * LIMIT, 1009, id="empty fragments"
        ),
        pytest.param(bytes([0x81, 2]) + b"40", 1002, id="unmasked"),
        pytest.param(frame(b"\xff\xfe"), 1007, id="not UTF-8"),
        pytest.param(frame(b"40", opcode=0x41), 1002, id="compressed without agreement"),
        pytest.param(frame(b"4\x00", opcode=2), 1003, id="binary"),
        pytest.param(frame(b'451-/live,["echo",{"_placeholder":true,"num":0}]'), 1003, id="binary event"),
        pytest.param(frame(b"bAAAA"), 1003, id="base64 attachment"),
        pytest.param(frame(b""), 1003, id="empty message"),
        pytest.param(frame(b"nonsense"), 1003, id="no packet"),
        pytest.param(frame(b"4" + b"[" * 10_000), 1003, id="nested without end"),
        pytest.param(frame((1000).to_bytes(2, "big"), opcode=8), 1000, id="polite close"),
    ],
)
def test_item9_the_client_is_told_why_it_is_cut(running: Server, sent: bytes, code: int) -> None:
    with Client(running, "odd").join() as client, Client(running, "bystander").join() as bystander:
        client.sock.sendall(sent)
        assert client.farewell() == code, "close with the code of RFC 6455 that fits"
        assert client.sock.recv(1) == b"", "after the farewell the server closes its side"
        client.sock.close()
        until("the session is gone", lambda: running.get("/counts")["sessions"] == 1)
        running.emit(1, 10)
        assert bystander.numbers(1) == [0], "a bad message must not touch the other clients"


def test_item9_a_message_of_just_the_limit_is_answered(running: Server) -> None:
    start, end = '42/live,1["echo","', '"]'
    text = "x" * (LIMIT - len(start) - len(end))
    whole = (start + text + end).encode()
    with Client(running, "large").join() as client:
        client.sock.sendall(frame(whole))
        assert client.text() == f'43/live,1["{text}"]', "the limit itself is allowed"
        client.sock.sendall(frame(whole[:9], final=False) + frame(b"hm", opcode=9))
        assert client.frame() == (10, b"hm"), "a ping between two fragments is answered"
        client.sock.sendall(frame(whole[9:], opcode=0))
        assert client.text() == f'43/live,1["{text}"]', "a fragmented message counts the same"


def test_item9_a_flood_of_small_messages_holds_up_nobody(running: Server) -> None:
    flowing, enough = Event(), Event()

    def flood(client: Client) -> None:
        block = frame(b"3") * 20_000
        while not enough.is_set():
            client.sock.sendall(block)  # comes back when the server has read most of the block before
            client.sock.sendall(block)
            flowing.set()

    with Client(running, "flood").join() as client, Client(running, "other").join() as other:
        flooding = Thread(target=flood, args=[client], daemon=True)
        flooding.start()
        assert flowing.wait(PATIENCE), "the flood must get through, slowly"
        try:
            for number in range(5):
                other.say(f'42/live,{number}["echo","still here"]')
                assert other.text() == f'43/live,{number}["still here"]', "let others run between two chunks"
        finally:
            enough.set()
            flooding.join(10)


def test_item9_compression_is_never_agreed_to(running: Server) -> None:
    with Client(running, "squeezed", offers="permessage-deflate; client_max_window_bits").join() as client:
        assert b"101 Switching Protocols" in client.accepted, "the offer is declined, not the client"
        assert b"Extensions" not in client.accepted, "compression costs 100 KB a client: accept no extension"
        running.emit(1, 2000)
        assert client.numbers(1) == [0], "and what is sent is plain"
