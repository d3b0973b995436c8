"""Q9: the agent's keeper against a server that answers, but not well: people see its pages, and papers go on."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from kiosk import agent_keeper
from kiosk.agent_clock import read
from kiosk.agent_draws import Draws
from kiosk.agent_hall import Hall
from kiosk.agent_journal import Journal
from kiosk.agent_keeper import Keeper
from kiosk.agent_kit import Shelf
from tests.kiosk_machine import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FULL = "/dev/full"
NOW = "2026-11-29T08:00:00+00:00"
BAD, FOREIGN = "b" * 32, "f" * 32
STATES = {FOREIGN: "refused"}


class Stumbling(ThreadingHTTPServer):
    """Ready at once; `answers` say what it makes of each path, and a paper with the bad key breaks its batch."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers: dict[str, int] = {}
        self.papers: list[dict[str, Any]] = []
        self.aside: list[tuple[str, str]] = []
        self.names_kept, self.no_room = True, set[str]()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Stumbling

    def do_GET(self) -> None:
        self.say(self.server.answers.get(self.path, 200), {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        last = self.path.rpartition("/")[2]
        code = self.server.answers.get(last, 200)
        if last == "kit":
            self.say(code, {"now": NOW, "page": "/page", "assets": ["/asset"], "ranges": [], "lines": []})
            return
        papers = body["papers"]
        if last == "papers-aside":
            self.server.aside += [(one["number"], one["why"]) for one in papers] if code < 500 else []
            kept = [one["key"] for one in papers if one["key"] not in self.server.no_room]
            self.say(code, {"kept": kept} if self.server.names_kept else {})
            return
        if any(paper["key"] == BAD for paper in papers):
            self.say(500, {})
            return
        self.server.papers += papers
        self.say(
            code,
            {"papers": [{"key": one["key"], "state": STATES.get(one["key"], "taken")} for one in papers]},
        )

    def say(self, code: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Stumbling]:
    with Stumbling() as made:
        serving = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        yield made
        made.shutdown()


@pytest.fixture
def keep(server: Stumbling, tmp_path: Path) -> Iterator[Callable[[], tuple[Keeper, Draws]]]:
    """Starts a keeper in the test's folder; it ends with the test."""
    stopping = threading.Event()
    made: list[tuple[Keeper, Draws]] = []

    def start() -> tuple[Keeper, Draws]:
        draws = Draws(tmp_path)
        hall = Hall(server.url, "token")
        keeper = Keeper(hall, "7", Shelf(tmp_path), draws, lambda _draw: "printed", stopping)
        keeper.start()
        made.append((keeper, draws))
        return keeper, draws

    yield start
    stopping.set()
    for keeper, draws in made:
        keeper.wake()
        keeper.join(10)
        draws.close()


def drawn(key: str, position: int, at: float) -> str:
    now = read()
    row = {"key": key, "range": 1, "position": position, "number": f"A{9000 + position}", "line": "a"}
    row |= {"day": "2026-11-29", "lane": "ordinary", "reason": None, "lang": "zh", "at": at}
    return json.dumps({**row, "wall": now.wall, "steady": now.steady, "boot": now.boot, "settled": ""})


@pytest.mark.parametrize(
    ("path", "code"), [("kit", 503), ("kit", 401), ("kit", 409), ("kit", 500), ("/asset", 404)]
)
def test_Q9_the_kiosk_is_back_with_its_server_whatever_becomes_of_the_kit(
    server: Stumbling, keep: Callable[[], tuple[Keeper, Draws]], path: str, code: int
) -> None:
    server.answers[path] = code
    keeper, _draws = keep()
    wait_for(lambda: keeper.state == "here", "the kiosk to go back though no kit came", 15)


def test_Q9_the_kiosk_is_back_with_its_server_though_its_disk_is_full(
    tmp_path: Path, keep: Callable[[], tuple[Keeper, Draws]]
) -> None:
    (tmp_path / "kit.json.new").symlink_to(FULL)
    keeper, _draws = keep()
    wait_for(lambda: keeper.state == "here", "the kiosk to go back though no kit could be kept", 15)


def test_Q9_a_paper_over_which_the_server_stumbles_is_set_aside_and_the_others_go_on(
    server: Stumbling,
    tmp_path: Path,
    keep: Callable[[], tuple[Keeper, Draws]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    lines = [drawn("a" * 32, 1, read().wall), drawn(BAD, 2, read().wall), drawn("c" * 32, 3, 9e11)]
    (tmp_path / "drawn.jsonl").write_text("\n".join(lines) + "\n")
    keeper, draws = keep()
    wait_for(lambda: [one.key for one in draws.pending()] == [BAD], "the other papers to be handed in", 15)
    wait_for(lambda: keeper.state == "here", "the kiosk to go back", 15)
    assert [paper["key"] for paper in server.papers] == ["a" * 32, "c" * 32]
    assert server.papers[1]["printed_at"].startswith("2100-"), "Q9 broke: a time that no hall can read."
    assert "A9002 is set aside" in caplog.text, "Q9 broke: nobody is told of a paper that waits."
    assert server.aside == [("A9002", "stumbled")], "Q9 broke: staff are not told of a paper that waits."


def test_Q9_a_refused_paper_is_not_forgotten_before_staff_are_told(
    server: Stumbling,
    tmp_path: Path,
    keep: Callable[[], tuple[Keeper, Draws]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_keeper, "ASIDE", 0.1)
    server.answers["papers-aside"] = 500
    lines = [drawn(FOREIGN, 1, read().wall), drawn("a" * 32, 2, read().wall)]
    (tmp_path / "drawn.jsonl").write_text("\n".join(lines) + "\n")
    _keeper, draws = keep()
    wait_for(lambda: [one.key for one in draws.pending()] == [FOREIGN], "the other paper to be handed in", 15)
    assert server.aside == []
    server.answers["papers-aside"] = 200
    wait_for(lambda: not draws.pending(), "the refused paper to be settled", 15)
    assert server.aside[:1] == [("A9001", "refused")], "Q9 broke: staff are not told of a refused paper."


def test_Q9_a_refused_paper_for_which_staff_have_no_room_is_told_again_later(
    server: Stumbling,
    tmp_path: Path,
    keep: Callable[[], tuple[Keeper, Draws]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_keeper, "ASIDE", 0.1)
    server.no_room = {FOREIGN}
    lines = [drawn(FOREIGN, 1, read().wall), drawn("a" * 32, 2, read().wall)]
    (tmp_path / "drawn.jsonl").write_text("\n".join(lines) + "\n")
    _keeper, draws = keep()
    wait_for(lambda: len(server.aside) >= 2, "it to be told of again", 15)
    assert [one.key for one in draws.pending()] == [FOREIGN], "Q9 broke: a paper is forgotten untold."
    server.no_room = set()
    wait_for(lambda: not draws.pending(), "the refused paper to be settled", 15)


def test_Q9_a_hall_of_before_that_names_no_keys_is_believed_to_tell_of_all(
    server: Stumbling, tmp_path: Path, keep: Callable[[], tuple[Keeper, Draws]]
) -> None:
    server.names_kept = False
    (tmp_path / "drawn.jsonl").write_text(drawn(FOREIGN, 1, read().wall) + "\n")
    _keeper, draws = keep()
    wait_for(lambda: not draws.pending(), "the refused paper to be settled", 15)
    assert server.aside == [("A9001", "refused")]


def test_Q9_a_hall_of_before_that_has_no_ear_for_it_holds_nothing_up(
    server: Stumbling,
    tmp_path: Path,
    keep: Callable[[], tuple[Keeper, Draws]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.answers["papers-aside"] = 404
    (tmp_path / "drawn.jsonl").write_text(drawn(FOREIGN, 1, read().wall) + "\n")
    keeper, draws = keep()
    wait_for(lambda: not draws.pending(), "the refused paper to be settled", 15)
    wait_for(lambda: keeper.state == "here", "the kiosk to go back", 15)
    assert "nobody could be told of paper A9001" in caplog.text


def test_Q9_with_a_full_disk_the_agent_starts_says_so_and_forgets_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Draws(tmp_path).close()
    (tmp_path / "drawn.jsonl").write_text(drawn("a" * 32, 1, read().wall) + '\n{"key": "torn')
    (tmp_path / "journal.jsonl").write_text('{"job": "one", "state": "sent"}\n{"jo')
    for name in ("drawn.jsonl.new", "journal.new"):
        (tmp_path / name).symlink_to(FULL)
    for _start in range(2):
        journal, draws = Journal(tmp_path), Draws(tmp_path)
        assert [one.key for one in draws.pending()] == ["a" * 32]
        assert [one.job for one in journal.in_state("sent")] == ["one"]
        journal.move("two", "printed")
        draws.close()
        journal.close()
    assert caplog.text.count("the disk takes nothing") == 4
    again = Journal(tmp_path)
    assert [one.job for one in again.in_state("printed")] == ["two"], (
        "A torn line swallowed the one after it."
    )
    again.close()
