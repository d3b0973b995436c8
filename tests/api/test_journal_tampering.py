"""Whoever changes the journal behind the house's back is found: rows changed, removed, inserted, reordered, cut off."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import delete, insert, select, update

from hall import anchors, clock, facts, journal
from hall.actor import SYSTEM_ACTOR
from hall.jobs import JOURNAL_JOBS, seal_journal
from hall.journal import GENESIS, JournalEntry
from hall.unit_of_work import Work, perform, units
from tests.tampering import unguard_journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

TABLE = cast("Table", JournalEntry.__table__)
ENTRIES = 12


def happen(work: Work, count: int) -> None:
    for number in range(count):
        work.record(facts.SignedIn(account=f"staff:{number}"))


def add(app: Flask, count: int) -> None:
    with app.app_context():
        perform(SYSTEM_ACTOR, happen, count)
        perform(SYSTEM_ACTOR, seal_journal, None)


@pytest.fixture
def told(app: Flask) -> Flask:
    """A hall in which twelve things happened."""
    add(app, ENTRIES)
    return app


def verify(app: Flask, *more: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["hall", "journal", "verify", *more])
    return done.exit_code, done.output


def tamper(app: Flask, change: Callable[[Session], Any]) -> None:
    """As nobody can through the product: by hand in the database."""

    def by_hand(session: Session) -> None:
        unguard_journal(session)
        change(session)

    with app.app_context():
        units().run(by_hand)


def renumber(session: Session, numbers: list[tuple[int, int]]) -> None:
    """Give entries other places; aside first, for places are unique."""
    for old, new in numbers:
        session.execute(update(TABLE).where(TABLE.c.seq == old).values(seq=-new))
    session.execute(update(TABLE).where(TABLE.c.seq < 0).values(seq=-TABLE.c.seq))


def changed(column: str, value: object) -> Callable[[Session], None]:
    def change(session: Session) -> None:
        session.execute(update(TABLE).where(TABLE.c.seq == 5).values({column: value}))

    return change


def removed(session: Session) -> None:
    session.execute(delete(TABLE).where(TABLE.c.seq == 5))


def removed_and_closed_up(session: Session) -> None:
    removed(session)
    renumber(session, [(number, number - 1) for number in range(6, ENTRIES + 1)])


def first_removed(session: Session) -> None:
    session.execute(delete(TABLE).where(TABLE.c.seq == 1))
    renumber(session, [(number, number - 1) for number in range(2, ENTRIES + 1)])


def inserted(session: Session) -> None:
    """With the hash that fits where it stands, so that only who comes after tells."""
    renumber(session, [(number, number + 1) for number in range(5, ENTRIES + 1)])
    before = session.scalar(select(TABLE.c.hash).where(TABLE.c.seq == 4))
    row = {"at": clock.now(), "actor": "staff:1", "fact": "signed_out", "subject": "staff:1", "data": "{}"}
    session.execute(insert(TABLE), {**row, "site_id": None, "seq": 5, "previous": before, "hash": "0" * 64})
    made = session.execute(select(TABLE).where(TABLE.c.seq == 5)).one()
    digest = journal.link(str(before), 5, made)
    session.execute(update(TABLE).where(TABLE.c.seq == 5).values(hash=digest))


def reordered(session: Session) -> None:
    renumber(session, [(5, 6), (6, 5)])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        *((changed(name, value), 5) for name, value in (
            ("data", '{"forged":1}'), ("actor", "staff:99"), ("fact", "signed_out"), ("subject", "staff:99"),
            ("site_id", 7), ("hash", "f" * 64), ("previous", "f" * 64),
        )),
        (removed, 5), (removed_and_closed_up, 5), (first_removed, 1), (inserted, 6), (reordered, 5),
    ],
    ids=["data", "actor", "fact", "subject", "site", "hash", "previous", "removed", "closed-up", "first", "inserted",
         "reordered"],
)  # fmt: skip
def test_O3_a_changed_removed_inserted_or_reordered_entry_is_found(
    told: Flask, change: Callable[[Session], None], place: int
) -> None:
    assert verify(told)[0] == 0
    tamper(told, change)
    code, said = verify(told)
    assert code == 1 and f"entry {place} " in said


def cut_off(session: Session) -> None:
    session.execute(delete(TABLE).where(TABLE.c.seq > ENTRIES - 3))


def written_anew(session: Session) -> None:
    """All of it, with hashes that fit: whoever can write to the table can do this."""
    session.execute(update(TABLE).where(TABLE.c.seq == 5).values(actor="staff:99"))
    previous = GENESIS
    for row in session.execute(select(TABLE).order_by(TABLE.c.seq)).all():
        digest = journal.link(previous, row.seq, row)
        session.execute(update(TABLE).where(TABLE.c.id == row.id).values(previous=previous, hash=digest))
        previous = digest


@pytest.mark.parametrize(("change", "word"), [(cut_off, "cut off"), (written_anew, "written anew")])
def test_O3_a_cut_off_end_and_a_journal_written_anew_are_found_by_the_anchor(
    told: Flask, change: Callable[[Session], None], word: str
) -> None:
    with told.app_context():
        anchors.keep_head()
        printed = anchors.kept(told.config["HALL"].data)[0]
    assert verify(told)[0] == 0
    tamper(told, change)
    code, said = verify(told)
    assert code == 1 and word in said, "the anchors of the data folder are looked at unasked"
    file = told.config["HALL"].data / anchors.FILE
    file.unlink()
    assert verify(told)[0] == 0, "the chain alone does not show it"
    for typed in (printed.said, f"{printed.seq}: {printed.hash[:16]}", printed.said.upper()):
        code, said = verify(told, "--anchor", typed)
        assert code == 1 and word in said, "nor does whoever takes the file away escape the paper"


def test_O3_a_day_sheet_on_paper_ends_with_an_anchor(app: Flask, demo: dict[str, Any]) -> None:
    add(app, ENTRIES)
    token = next(row["token"] for row in demo["staff"] if row["role"] == "auditor")
    page = app.test_client().get("/reports/day", headers={"Authorization": f"Bearer {token}"}).text
    found = re.search(r'<code id="anchor">(\d+:[0-9a-f]{64})</code>', page)
    assert found
    assert verify(app, "--anchor", found[1])[0] == 0
    tamper(app, written_anew)
    assert "written anew" in verify(app, "--anchor", found[1])[1]


def test_O3_the_job_keeps_an_anchor_for_every_hour_in_which_something_happened(told: Flask) -> None:
    job = next(job for job in JOURNAL_JOBS if job.name == "anchor_journal")
    assert job.after is not None
    with told.app_context():
        perform(SYSTEM_ACTOR, job.run, None)
        for _again in range(2):
            job.after()
    add(told, 3)
    with told.app_context():
        job.after()
    folder = told.config["HALL"].data
    assert [anchor.seq for anchor in anchors.kept(folder)] == [ENTRIES, ENTRIES + 3]
    assert stat.S_IMODE((folder / anchors.FILE).stat().st_mode) == 0o600
    assert verify(told)[0] == 0


@pytest.mark.parametrize(
    "said", ["", "12", "0:" + "a" * 64, "12:abc", "12:" + "g" * 64, "12:" + "a" * 65, "x:" + "a" * 64]
)
def test_what_is_no_anchor_is_told(told: Flask, said: str) -> None:
    code, output = verify(told, "--anchor", said)
    assert code == 1 and "is no anchor" in output


def test_a_damaged_file_of_anchors_is_a_finding(told: Flask) -> None:
    (told.config["HALL"].data / anchors.FILE).write_text(
        "2026-11-29T00:00:00+00:00 12:nonsense\n", encoding="ascii"
    )
    code, output = verify(told)
    assert code == 1 and "is no anchor" in output
    assert f"{ENTRIES} sealed entries" in output, "the chain is walked all the same"
    with told.app_context():
        anchors.keep_head()
    code, output = verify(told)
    assert code == 1 and "12:nonsense" in output, "what was damaged stays to be seen"
    assert [anchor.seq for anchor in anchors.kept(told.config["HALL"].data)] == [ENTRIES]
    tamper(told, changed("actor", "staff:99"))
    assert "entry 5 " in verify(told)[1], "the chain's own fault comes first"


@pytest.mark.parametrize(
    "torn",
    [b"2026-11-29T01:00:00+00:00 14:ab", b"2026", b"\0" * 40, b"\xff\xfe"],
    ids=["half", "year", "zeros", "noise"],
)
def test_O3_an_anchor_that_a_power_cut_tore_hides_nothing_and_stops_nothing(told: Flask, torn: bytes) -> None:
    file = told.config["HALL"].data / anchors.FILE
    with told.app_context():
        anchors.keep_head()
    whole = file.read_bytes()
    file.write_bytes(whole + torn)
    code, output = verify(told)
    assert code == 0 and "is unfinished" in output and "It keeps to all 1 anchors." in output
    add(told, 3)
    with told.app_context():
        anchors.keep_head()
    assert [anchor.seq for anchor in anchors.kept(file.parent)] == [ENTRIES, ENTRIES + 3]
    assert file.read_bytes().startswith(whole) and len(file.read_bytes().splitlines()) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    code, output = verify(told)
    assert code == 0 and "unfinished" not in output
    file.write_bytes(file.read_bytes() + torn)
    tamper(told, cut_off)
    code, output = verify(told)
    assert code == 1 and "cut off" in output


def test_O3_a_full_disk_leaves_the_anchors_as_they_were(told: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = told.config["HALL"].data
    with told.app_context():
        anchors.keep_head()
    before = (folder / anchors.FILE).read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    add(told, 1)
    with told.app_context():
        with monkeypatch.context() as at_work:
            at_work.setattr("hall.anchors.os.fsync", full)
            with pytest.raises(OSError, match="No space"):
                anchors.keep_head()
        assert (folder / anchors.FILE).read_bytes() == before
        anchors.keep_head()
    assert len(anchors.kept(folder)) == 2
