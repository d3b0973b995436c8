"""The journal's readers (O3): sealed entries, page by page, verifiable from outside, nothing personal."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from hall import facts, journal
from hall.actor import SYSTEM_ACTOR
from hall.jobs import seal_journal
from hall.journal import GENESIS, JournalEntry
from hall.oversight.words import DETAILS, FACTS
from hall.sites import Site
from hall.unit_of_work import Work, perform, units
from tests.api.test_floor import W1, Floor
from tests.tampering import unguard_journal

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def auditor(client: FlaskClient, demo: dict[str, Any]) -> Floor:
    return Floor(client, demo, "auditor")


@pytest.fixture
def floor(client: FlaskClient, demo: dict[str, Any]) -> Floor:
    return Floor(client, demo)


def seal(app: Flask) -> None:
    with app.app_context():
        perform(SYSTEM_ACTOR, seal_journal, None)


def read(reader: Floor, query: str = "") -> dict[str, Any]:
    answer = reader.client.get(f"/api/v1/journal{query}", headers=reader.manager)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_O3_only_sealed_entries_are_read_and_nobody_outside_needs_to_trust_us(
    app: Flask, auditor: Floor, floor: Floor
) -> None:
    seal(app)
    known = len(read(auditor, "?limit=1000")["entries"])
    floor.do("lines/xixian-c/stop", reason="停电 ⚡")
    assert len(read(auditor, "?limit=1000")["entries"]) == known, "not yet sealed"
    seal(app)
    entries = read(auditor, "?limit=1000")["entries"]
    assert entries[-1]["fact"] == "line_stopped" and entries[-1]["data"] == {
        "line": "xixian-c", "reason": "停电 ⚡",
    }  # fmt: skip
    previous = GENESIS
    for entry in entries:
        assert entry["previous"] == previous
        data = json.dumps(entry["data"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        said = [entry[name] for name in ("seq", "at", "actor", "fact", "subject", "site_id")] + [data]
        text = previous + "\n" + json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest(), entry
        previous = entry["hash"]


def test_O3_pages_follow_each_other_without_gap_or_double(app: Flask, auditor: Floor, floor: Floor) -> None:
    for _ in range(7):
        floor.draw()
    seal(app)
    whole = [entry["seq"] for entry in read(auditor, "?limit=1000")["entries"]]
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = read(auditor, f"?limit=3&after={after}")
        seen += [entry["seq"] for entry in page["entries"]]
        after = page["next"]
    assert seen == whole == sorted(set(whole))


def test_O3_entries_are_found_by_subject_kind_and_fact(app: Flask, auditor: Floor, floor: Floor) -> None:
    floor.draw()
    floor.at(W1, "open")
    floor.at(W1, "call-next")
    seal(app)

    def facts_of(topic: str) -> set[str]:
        return {entry["fact"] for entry in read(auditor, f"?topic={topic}")["entries"]}

    assert facts_of(f"window:{W1}") == {"window_opened"}
    assert facts_of("ticket") == {"ticket_issued", "ticket_called"}
    assert facts_of("ticket_called") == {"ticket_called"}
    assert facts_of("%") == facts_of("nothing") == set()


def test_O3_another_hall_s_entries_are_not_shown(app: Flask, auditor: Floor) -> None:
    def elsewhere(work: Work, _command: None) -> None:
        site = Site(code="other", name="另一个大厅")
        work.session.add(site)
        work.session.flush()
        work.record(facts.SiteChanged(site_id=site.id, site="other", what="made"))

    with app.app_context():
        perform(SYSTEM_ACTOR, elsewhere, None)
    seal(app)
    assert "site:other" not in {entry["subject"] for entry in read(auditor, "?limit=1000")["entries"]}


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=99999999999999999999", "limit=²"])
def test_a_number_that_is_none_is_refused(auditor: Floor, query: str) -> None:
    answer = auditor.client.get(f"/api/v1/journal?{query}", headers=auditor.manager)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_number")


@pytest.mark.parametrize("role", ["window", "reception"])
def test_who_is_no_auditor_reads_no_journal(client: FlaskClient, demo: dict[str, Any], role: str) -> None:
    other = Floor(client, demo, role)
    for path in ("/api/v1/journal", "/journal"):
        assert client.get(path, headers=other.manager).status_code == 403
    assert client.get("/api/v1/journal").status_code == 401


def test_O3_the_check_of_the_tail_finds_what_was_changed_in_it(app: Flask, floor: Floor) -> None:
    for _ in range(4):
        floor.draw()
    seal(app)
    with app.app_context():
        newest = units().run(lambda session: journal.verify_tail(session, 2))
        assert newest.fault is None and newest.sealed == units().run(journal.verify).sealed

        def tamper(work: Work, _command: None) -> None:
            unguard_journal(work.session)
            last = work.session.scalar(select(JournalEntry.id).order_by(JournalEntry.seq.desc()).limit(1))
            work.session.execute(update(JournalEntry).where(JournalEntry.id == last).values(actor="staff:1"))

        perform(SYSTEM_ACTOR, tamper, None)
        assert "changed" in (units().run(lambda session: journal.verify_tail(session, 2)).fault or "")
    assert "日志链在第" in floor.client.get("/journal", headers=floor.manager).text


def leaves(kind: type[facts.Fact]) -> set[type[facts.Fact]]:
    """The kinds of facts that the journal keeps."""
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind} - {facts.Touched}


def test_every_fact_has_words_for_the_journal_s_readers() -> None:
    assert {kind.name for kind in leaves(facts.Fact)} == set(FACTS), "Say it in hall/oversight/words.py."


def test_E1_every_detail_that_the_journal_keeps_has_words() -> None:
    kept = {item.name for kind in leaves(facts.Fact) for item in fields(kind) if item.name not in kind.hidden}
    assert kept <= set(DETAILS), (
        f"E1: {sorted(kept - set(DETAILS))} are shown in English in a Chinese journal."
    )
