"""The replay against a served hall: a day goes through without error, and a lost call is an error."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tests.simulated_queues import Reading, write

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartHall
    from tests.scaled import StartScaled
    from tests.servers import Engine, LiveHall

DAY = "2026-03-02"
READINGS = [
    Reading(DAY, f"08:{5 * at:02d}", waiting, called, windows, queue)
    for queue, told in {
        "1": [(2, 0, 1), (3, 2, 1), (1, 5, 2), (4, 6, 2), (0, 10, 1), (0, 10, 0)],
        "2": [(0, 0, 0), (1, 0, 1), (5, 1, 1), (2, 4, 1), (1, 4, 1), (1, 5, 1)],
    }.items()
    for at, (waiting, called, windows) in enumerate(told)
]


def replay(hall: LiveHall, record: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return hall.command("hall", "replay", str(record), "--date", DAY, "--speed", "400", *more)


def test_a_recorded_day_goes_through_the_served_hall(
    start_hall: StartHall, engine: Engine, tmp_path: Path
) -> None:
    record = write(READINGS, tmp_path / "record.csv")
    hall = start_hall(engine=engine)
    for _again in range(2):
        done = replay(hall, record, "--office", "Hall")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "errors   none" in done.stdout
        assert "tickets  17" in done.stdout and "calls    15   left 1   still waiting 1" in done.stdout


def test_all_offices_of_a_day_go_through_two_processes_at_once(
    start_scaled: StartScaled, tmp_path: Path
) -> None:
    record = write(
        [*READINGS, *(reading._replace(office="Other hall") for reading in READINGS)], tmp_path / "r.csv"
    )
    hall = start_scaled(processes=2, kind="bare")
    done = replay(hall.processes[0], record, *(word for url in hall.urls for word in ("--server", url)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"2 offices, {DAY}: 4 queues" in done.stdout and "errors   none" in done.stdout
    assert "tickets  34" in done.stdout and "calls    30   left 2   still waiting 2" in done.stdout


def test_Q2_a_lost_call_is_found(start_hall: StartHall, tmp_path: Path) -> None:
    hall = start_hall()
    with losing_a_call(hall.port) as port:
        done = replay(hall, write(READINGS, tmp_path / "record.csv"), "--server", f"http://127.0.0.1:{port}")
    assert done.returncode == 1, done.stdout
    assert "call-next answered 204: nobody waits" in done.stdout
    assert "where" in done.stdout and "was due" in done.stdout, "the next call is the lost one's"


def test_a_hall_that_does_not_run_is_said_plainly(start_hall: StartHall, tmp_path: Path) -> None:
    hall = start_hall()
    hall.stop()
    done = replay(hall, write(READINGS, tmp_path / "record.csv"))
    assert done.returncode == 1
    assert "No hall answers on" in done.stderr and "Traceback" not in done.stderr


@contextmanager
def losing_a_call(port: int) -> Iterator[int]:
    """A line to the server on which one call-next is answered with nothing instead of being passed on."""
    presses = iter(range(1000))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", port)) as hall, suppress(OSError):
            threading.Thread(target=pass_on, args=(hall, client), daemon=True).start()
            while data := client.recv(65536):
                if data.startswith(b"POST") and b"/call-next HTTP" in data and next(presses) == 4:
                    client.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                else:
                    hall.sendall(data)
            hall.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
