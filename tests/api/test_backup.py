"""`flask hall backup` while the hall works, `restore` into an empty and a used one, and archives gone bad."""

from __future__ import annotations

import io
import json
import re
import tarfile
import threading
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests

from hall import anchors, clock, facts
from hall.actor import SYSTEM_ACTOR
from hall.backup import snapshot
from hall.jobs import seal_journal
from hall.unit_of_work import perform
from tests import applications

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import StartHall
    from tests.servers import Engine, LiveHall


def draw(hall: LiveHall) -> dict[str, Any]:
    answer = requests.post(
        f"{hall.url}/api/v1/tickets",
        json={"line": hall.demo["lines"][0]["code"]},
        headers={
            "Authorization": f"Bearer {hall.demo['kiosk']['token']}",
            "Idempotency-Key": str(uuid.uuid4()),
        },
        timeout=30,
    )
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def read(hall: LiveHall, token: str) -> requests.Response:
    return requests.get(f"{hall.url}/api/v1/tickets/{token}", timeout=30)


@pytest.fixture
def archived(start_hall: StartHall, engine: Engine, tmp_path: Path) -> tuple[LiveHall, Path, str]:
    """A running hall, its backup, and the token of a ticket in it."""
    hall = start_hall(engine=engine)
    token = draw(hall)["token"]
    (hall.prepared.data / "voice" / "own").mkdir(parents=True)
    (hall.prepared.data / "voice" / "own" / "1.mp3").write_bytes(b"our announcer")
    target = tmp_path / "hall.backup"
    hall.flask("hall", "backup", str(target))
    return hall, target, token


def test_a_backup_made_while_people_draw_is_one_consistent_moment(
    start_hall: StartHall, engine: Engine, tmp_path: Path
) -> None:
    hall = start_hall(engine=engine)
    drawn: list[dict[str, Any]] = []
    enough = threading.Event()

    def keep_drawing() -> None:
        while not enough.wait(0.02):
            drawn.append(draw(hall))

    people = [threading.Thread(target=keep_drawing) for _person in range(3)]
    for person in people:
        person.start()
    while len(drawn) < 20:
        enough.wait(0.01)
    target = tmp_path / "hall.backup"
    hall.flask("hall", "backup", str(target))
    enough.set()
    for person in people:
        person.join()
    hall.stop()
    hall.flask("hall", "restore", "--replace", str(target))
    hall.start()
    kept = [ticket["number"] for ticket in drawn if read(hall, ticket["token"]).ok]
    assert 20 <= len(kept) <= len(drawn)
    assert sorted(kept) == [f"A{count:03d}" for count in range(1, len(kept) + 1)], (
        "The backup holds a ticket without one that was drawn before it."
    )
    assert draw(hall)["number"] == f"A{len(kept) + 1:03d}", "The count goes on where the backup stopped."
    assert "sealed entries" in hall.flask("hall", "journal", "verify")


def test_a_restored_hall_knows_its_tickets_accounts_and_recordings(
    archived: tuple[LiveHall, Path, str], start_hall: StartHall, engine: Engine
) -> None:
    _hall, target, token = archived
    other = start_hall(kind="bare", engine=engine)
    other.stop()
    other.flask("hall", "restore", str(target))
    other.start()
    assert read(other, token).json()["number"] == "A001", "Keys or rows are not those of the backup."
    assert (other.prepared.data / "voice" / "own" / "1.mp3").read_bytes() == b"our announcer"
    assert (other.prepared.data / "keys.json").stat().st_mode & 0o077 == 0


def test_the_archive_is_for_its_owner_alone_and_overwrites_nothing(
    archived: tuple[LiveHall, Path, str],
) -> None:
    hall, target, _token = archived
    assert target.stat().st_mode & 0o077 == 0, "It holds the hall's keys."
    with pytest.raises(AssertionError, match="never overwrites"):
        hall.flask("hall", "backup", str(target))
    with pytest.raises(AssertionError, match="outside the data folder"):
        hall.flask("hall", "backup", str(hall.prepared.data / "hall.backup"))


def test_nothing_is_restored_under_a_running_server_or_over_a_hall_unasked(
    archived: tuple[LiveHall, Path, str],
) -> None:
    hall, target, _token = archived
    with pytest.raises(AssertionError, match="is running"):
        hall.flask("hall", "restore", "--replace", str(target))
    hall.stop()
    with pytest.raises(AssertionError, match="add --replace"):
        hall.flask("hall", "restore", str(target))


def changed(target: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    """Write the archive again with a change to its members."""
    with tarfile.open(target) as tar:
        members = [(info, found.read() if (found := tar.extractfile(info)) else b"") for info in tar]
    change(members)
    with tarfile.open(target, "w:gz") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def flip(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    place = next(place for place, (info, _content) in enumerate(members) if info.name == "database")
    info, content = members[place]
    members[place] = (info, content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])


def leave_out(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    members[:] = [member for member in members if member[0].name != "data/keys.json"]


def smuggle(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    members.append((tarfile.TarInfo("data/../../stolen"), b"x"))


def smuggle_named(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    manifest = json.loads(members[0][1])
    manifest["members"].append({"name": "data/../../stolen", "size": 1, "sha256": "0" * 64})
    members[0] = (members[0][0], json.dumps(manifest).encode())
    smuggle(members)


def from_the_future(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    members[0] = (members[0][0], json.dumps(json.loads(members[0][1]) | {"format": 99}).encode())


def cut_short(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    del members[0]


@pytest.mark.engines("sqlite")
def test_O3_an_anchor_kept_while_a_backup_is_made_accuses_nobody_later(
    start_hall: StartHall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = start_hall()
    draw(hall)
    hall.stop()
    with applications.beside(hall) as app:

        def seal_and_keep() -> None:
            with app.app_context():
                perform(SYSTEM_ACTOR, seal_journal, None)
                anchors.keep_head()

        def meanwhile(database_url: str, copy: Path) -> None:
            take(database_url, copy)
            with app.app_context():
                perform(SYSTEM_ACTOR, lambda work, _: work.record(facts.SignedIn(account="staff:1")), None)
                app.config["HALL"].keys.latest().with_sealing_key(clock.now())
            seal_and_keep()

        take = snapshot.take
        seal_and_keep()
        monkeypatch.setattr(snapshot, "take", meanwhile)
        target = tmp_path / "hall.backup"
        done = app.test_cli_runner().invoke(args=["hall", "backup", str(target)])
        assert done.exit_code == 0, done.output
        assert len(anchors.kept(hall.prepared.data)) == 2
    hall.flask("hall", "restore", "--replace", str(target))
    assert "It keeps to all 1 anchors." in hall.flask("hall", "journal", "verify")
    assert "key 2 " in hall.flask("hall", "keys", "list"), "keys are those of after the copy"


CHANGES = (flip, leave_out, smuggle, smuggle_named, from_the_future, cut_short)


@pytest.mark.engines("sqlite")
def test_a_bad_archive_changes_nothing(archived: tuple[LiveHall, Path, str], tmp_path: Path) -> None:
    hall, target, token = archived
    draw(hall)
    hall.stop()
    bad = tmp_path / "bad"
    for change in CHANGES:
        bad.write_bytes(target.read_bytes())
        changed(bad, change)
        refused(hall, bad)
    for content in (b"", b"no archive", target.read_bytes()[:2000]):
        bad.write_bytes(content)
        refused(hall, bad)
    assert not (hall.prepared.data.parent / "stolen").exists()
    hall.start()
    assert read(hall, token).ok
    assert draw(hall)["number"] == "A003"


def refused(hall: LiveHall, archive: Path) -> None:
    """The command says in one line why, and that nothing was changed."""
    with applications.beside(hall) as app:
        done = app.test_cli_runner().invoke(args=["hall", "restore", "--replace", str(archive)])
    assert done.exit_code == 1, done.output
    assert re.fullmatch(r"Error: .*Nothing was changed\.\n", done.output), done.output
