"""Files of bundles into the database, on both engines: whole or not at all, and once however often they come."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from hall.actor import SYSTEM_ACTOR
from hall.catalog import editing
from hall.catalog.actions import Loaded
from hall.catalog.bundle_loading import LoadAll, LoadBundles, UnfitBundles, load_all, load_bundles
from hall.catalog.bundle_sheet import read_bundles, write_bundles
from hall.catalog.changes import Wanted
from hall.catalog.models import Bundle, ServiceItem
from hall.catalog.rows import bundle_rows
from hall.catalog.spreadsheet import ItemRow
from hall.database import db
from hall.unit_of_work import perform, units

if TYPE_CHECKING:
    from flask import Flask

HEAD = "一件事编码,一件事名称,包含事项,队列,生活场景,办理顺序,原跑动次数"
ITEMS = "411528-SCJG-002、411528-SCJG-007"


@pytest.fixture(autouse=True)
def _within(app: Flask, demo: dict[str, Any]) -> Any:
    with app.app_context():
        yield


def ask(sql: str) -> Any:
    with units().engine.connect() as connection:
        return connection.execute(text(sql)).scalar()


def state() -> tuple[Any, ...]:
    tables = ("bundle", "bundle_item", "bundle_situation", "former_content", "service_item")
    counts = [ask(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - our own names
    return (*counts, ask("SELECT catalogue_revision FROM site"), ask("SELECT sum(revision) FROM bundle"))


def load(*lines: str, head: str = HEAD) -> Loaded:
    file = read_bundles(io.BytesIO("\n".join((head, *lines, "")).encode()))
    assert not file.problems, [problem.english() for problem in file.problems]
    return perform(SYSTEM_ACTOR, load_bundles, LoadBundles(ask("SELECT id FROM site"), file.rows))


def items_of(code: str) -> list[str]:
    with units().engine.connect() as connection:
        return list(
            connection.execute(
                text(
                    "SELECT i.code FROM bundle_item x JOIN bundle b ON b.id = x.bundle_id"
                    " JOIN service_item i ON i.id = x.item_id WHERE b.code = :code ORDER BY x.sort"
                ),
                {"code": code},
            ).scalars()
        )


def off_offer(table: type[ServiceItem | Bundle], code: str) -> None:
    key = ask(f"SELECT id FROM {table.__tablename__} WHERE code = '{code}'")  # noqa: S608 - our own names
    perform(SYSTEM_ACTOR, editing.retire, editing.Retire(ask("SELECT id FROM site"), table, key, True))


def test_a_new_bundle_comes_once_however_often_its_file_comes() -> None:
    before = state()
    row = f"b-1,开店一件事,{ITEMS},xixian-b,开店办企业、business,串联办理,5"
    first = load(row)
    assert (first.added, first.changed, first.absent) == (1, 0, before[0])
    assert items_of("b-1") == ITEMS.split("、")
    after = state()
    assert after[5] == before[5] + 1, "Searches must notice."
    again = load(row)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert state() == after, "Nothing changed, so nobody reads anew and no revision grows."


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_what_a_hall_exports_changes_nothing_when_it_comes_back(name: str) -> None:
    before = state()
    written = write_bundles(bundle_rows(db.session(), ask("SELECT id FROM site")), name)
    db.session.remove()
    done = perform(
        SYSTEM_ACTOR,
        load_bundles,
        LoadBundles(ask("SELECT id FROM site"), read_bundles(io.BytesIO(written)).rows),
    )
    assert (done.added, done.changed, done.unchanged, done.absent) == (0, 0, before[0], 0)
    assert state() == before


def test_a_changed_row_raises_the_revision_and_what_it_said_is_kept() -> None:
    load(f"b-1,开店,{ITEMS},xixian-b,business,并联办理,5")
    done = load("B-1,开店,411528-SCJG-007、411528-SCJG-002,,,,")
    assert (done.added, done.changed) == (0, 1), "Another order is a change; capitals of the code are none."
    assert items_of("b-1") == ["411528-SCJG-007", "411528-SCJG-002"]
    assert ask("SELECT revision FROM bundle WHERE code = 'b-1'") == 2
    former = json.loads(ask("SELECT content FROM former_content WHERE kind = 'bundle'"))
    assert former["visits_before"] == 5
    assert ask("SELECT visits_before FROM bundle WHERE code = 'b-1'") == 5, (
        "An empty cell overwrites nothing."
    )
    told = "SELECT count(*) FROM bundle_situation s JOIN bundle b ON b.id = s.bundle_id WHERE b.code = 'b-1'"
    assert ask(told) == 1
    line = ask("SELECT l.code FROM bundle b JOIN line l ON l.id = b.line_id WHERE b.code = 'b-1'")
    assert line == "xixian-b"


def test_what_the_hall_does_not_have_is_named_with_its_row_and_nothing_is_loaded() -> None:
    off_offer(ServiceItem, "411528-SCJG-005")
    before = state()
    with pytest.raises(UnfitBundles) as refused:
        load(
            f"b-1,好的,{ITEMS},xixian-b,,,",
            "b-2,无事项,411528-SCJG-002、nowhere,xixian-b,,,",
            f"b-3,无队列,{ITEMS},不存在,,,",
            "b-4,停用事项,411528-SCJG-005,xixian-b,,,",
            f"b-5,无场景,{ITEMS},xixian-b,宠物,,",
        )
    assert [(one.line, one.key) for one in refused.value.problems] == [
        (3, "unknown_item"),
        (4, "unknown_line"),
        (5, "retired_item"),
        (6, "unknown_situation"),
    ]
    assert state() == before, "Not even the good row."


def test_a_retired_bundle_stays_retired_and_is_named() -> None:
    load(f"b-1,开店,{ITEMS},xixian-b,,,")
    off_offer(Bundle, "b-1")
    before = state()
    done = load(f"b-1,改名,{ITEMS},xixian-b,,,")
    assert (done.retired, done.changed) == (("b-1",), 0)
    assert state() == before


def test_bundles_may_need_items_that_come_with_them_and_go_with_them() -> None:
    site, before = ask("SELECT id FROM site"), state()
    wanted = Wanted([ItemRow(2, "X-1", "宠物登记", "县公安局")])
    good = read_bundles(io.BytesIO(f"{HEAD}\nb-1,养宠物,X-1,,,,\n".encode())).rows
    bad = read_bundles(io.BytesIO(f"{HEAD}\nb-1,养宠物,X-2,,,,\n".encode())).rows
    with pytest.raises(UnfitBundles):
        perform(SYSTEM_ACTOR, load_all, LoadAll(site, wanted, bad))
    assert state() == before, "Not even the items."
    items, bundles = perform(SYSTEM_ACTOR, load_all, LoadAll(site, wanted, good))
    assert (items.added, bundles.added, items_of("b-1")) == (1, 1, ["X-1"])
