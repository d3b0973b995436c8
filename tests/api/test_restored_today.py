"""Backups while files come and go, and a restore on a day at work: what is left out, kept beside, and said."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from hall import anchors, facts
from hall.actor import SYSTEM_ACTOR
from hall.backup import archive
from hall.jobs import seal_journal
from hall.unit_of_work import perform
from tests import applications

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.conftest import StartHall
    from tests.servers import Engine, LiveHall


def draw(hall: LiveHall) -> str:
    headers = {"Authorization": f"Bearer {hall.demo['kiosk']['token']}", "Idempotency-Key": str(uuid.uuid4())}
    body = {"line": hall.demo["lines"][0]["code"]}
    answer = requests.post(f"{hall.url}/api/v1/tickets", json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["number"])


def sealed(app: Flask) -> None:
    """Something happens, and the hour's anchor is kept."""
    with app.app_context():
        perform(SYSTEM_ACTOR, lambda work, _: work.record(facts.SignedIn(account="staff:1")), None)
        perform(SYSTEM_ACTOR, seal_journal, None)
        anchors.keep_head()


def names(target: Path, folder: Path) -> set[str]:
    return {member.name for member in archive.unpack(target, folder).members}


@contextmanager
def stopped(start_hall: StartHall) -> Iterator[tuple[LiveHall, Flask]]:
    hall = start_hall()
    hall.stop()
    with applications.beside(hall) as app:
        yield hall, app


@pytest.mark.engines("sqlite")
def test_files_that_go_or_change_while_a_backup_is_written_do_not_end_it(
    start_hall: StartHall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stopped(start_hall) as (hall, app):
        own = hall.prepared.data / "voice" / "own"
        own.mkdir(parents=True)
        for number in (1, 2):
            (own / f"{number}.mp3").write_bytes(b"our announcer")

        def meanwhile(*given: Any) -> archive.Manifest:
            (own / "1.mp3").unlink()
            (own / "new").write_bytes(b"another announcer")
            (own / "new").replace(own / "2.mp3")
            return write(*given)

        write = archive.write
        monkeypatch.setattr(archive, "write", meanwhile)
        target = tmp_path / "hall.backup"
        done = app.test_cli_runner().invoke(args=["hall", "backup", str(target)])
        assert done.exit_code == 0, done.output
        archive.unpack(target, tmp_path / "aside")
        kept = {path.name: path.read_bytes() for path in (tmp_path / "aside/data/voice/own").iterdir()}
        assert kept == {"1.mp3": b"our announcer", "2.mp3": b"our announcer"}
        assert not [path for path in hall.prepared.data.iterdir() if path.name.startswith(".backup")]


def test_a_file_that_has_vanished_is_not_in_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"x")
    files = {"data/there": tmp_path / "there", "data/gone": tmp_path / "gone"}
    archive.write(tmp_path / "archive", files, "2026-01-05T01:00:00+00:00", "sqlite", "1")
    assert names(tmp_path / "archive", tmp_path / "aside") == {"data/there"}


@pytest.mark.engines("sqlite")
def test_what_is_only_on_its_way_is_neither_kept_nor_put_back(start_hall: StartHall, tmp_path: Path) -> None:
    with stopped(start_hall) as (hall, app):
        data, target = hall.prepared.data, tmp_path / "hall.backup"
        for name in ("outbox/a.json", "outbox/b.part", "uploads/c", "voice/outbox/1.mp3"):
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            (data / name).write_bytes(b"x")
        done = app.test_cli_runner().invoke(args=["hall", "backup", str(target)])
        assert done.exit_code == 0, done.output
        folder = tmp_path / "aside"
        kept = names(target, folder)
        assert "data/voice/outbox/1.mp3" in kept and not [
            name for name in kept if name.startswith(("data/outbox", "data/uploads"))
        ], kept
        (folder / "data/outbox").mkdir()
        (folder / "data/outbox/old.json").write_bytes(b"x")  # as releases before kept it
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        manifest = archive.unpack(target, tmp_path / "once more")
        older = tmp_path / "older.backup"
        archive.write(older, files, manifest.made_at, manifest.engine, manifest.schema)
        done = app.test_cli_runner().invoke(args=["hall", "restore", "--replace", str(older)])
        assert done.exit_code == 0, done.output
        assert not (data / "outbox/old.json").exists(), "It would be sent a second time."


@pytest.mark.engines("sqlite")
def test_O3_anchors_newer_than_a_backup_are_kept_beside_and_accuse_nobody(
    start_hall: StartHall, tmp_path: Path
) -> None:
    with stopped(start_hall) as (hall, app):
        sealed(app)
        hall.flask("hall", "backup", str(tmp_path / "hall.backup"))
        before = (hall.prepared.data / anchors.FILE).read_bytes()
        sealed(app)
        now = (hall.prepared.data / anchors.FILE).read_bytes()
        assert now.startswith(before) and now != before
    said = hall.flask("hall", "restore", "--replace", str(tmp_path / "hall.backup"))
    assert (hall.prepared.data / anchors.FILE).read_bytes() == before
    (beside,) = hall.prepared.data.glob("journal-anchors-*.txt")
    assert beside.read_bytes() == now.removeprefix(before) and beside.name in said, (
        "O3 broke: what proves the journal of before is lost with a restore."
    )
    assert beside.stat().st_mode & 0o077 == 0
    kept = len(before.splitlines())
    assert f"It keeps to all {kept} anchors." in hall.flask("hall", "journal", "verify")


def test_Q1_a_restore_says_which_numbers_of_today_are_given_out_again(
    start_hall: StartHall, engine: Engine, tmp_path: Path
) -> None:
    hall = start_hall(engine=engine)
    assert draw(hall) == "A001"
    hall.flask("hall", "backup", str(tmp_path / "hall.backup"))
    lost = draw(hall)
    hall.stop()
    said = hall.flask("hall", "restore", "--replace", str(tmp_path / "hall.backup"))
    assert f"  {hall.demo['site']}: {lost}, B001, " in said, said
    assert "a second time, from these on:" in said and "Restoring on the same day" in said
    hall.start()
    assert draw(hall) == lost == "A002"
