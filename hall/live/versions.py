"""Versions of topics: they only grow, across processes and restarts, and follow the clock.

Raised by the publisher after the commit, in a short transaction of its own, so that no business waits for it.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ARRAY, BigInteger, Table, Text, bindparam, case, func, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hall import clock
from hall.queueing.models import TopicVersion
from hall.statements import Statement

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, Select


def has_its_own(topic: str) -> bool:
    """Whether the state of this topic tells a version of its own, so that none is kept: a ticket's is its revision."""
    return topic.startswith("ticket#")


def raise_versions(session: Session, topics: list[str], pace_ms: int = 0) -> dict[str, int]:
    """Raise each topic's version; never below the clock, so that a lost raise is never taken back.

    With a pace only those that nobody raised within it; a version of the future (a clock ahead) holds up nobody.
    """
    if not topics:
        return {}
    dialect = session.get_bind().dialect.name
    given: dict[str, Any] = {"topics": json.dumps(topics) if dialect == "sqlite" else topics}
    given["now"] = int(clock.now().timestamp() * 1000)
    if pace_ms:
        given |= {"before": given["now"] - pace_ms, "ahead": given["now"] + pace_ms}
    raised = _raising(dialect, paced=bool(pace_ms)).rows(session, given)
    return {row[0]: row[1] for row in raised}


@cache
def _raising(dialect: str, *, paced: bool) -> Statement:
    """The statement that raises any number of topics in their order, built once.

    On PostgreSQL its commit waits for no disk: a raise that a power cut takes along is never missed (see above).
    """
    rows = cast("Table", TopicVersion.__table__)
    now = bindparam("now", type_=BigInteger)
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    fresh = insert(rows).from_select(["topic", "version"], _given(dialect, now))
    next_version = rows.c.version + 1
    before, ahead = bindparam("before", type_=BigInteger), bindparam("ahead", type_=BigInteger)
    raised = fresh.on_conflict_do_update(
        index_elements=[rows.c.topic],
        set_={"version": case((next_version > now, next_version), else_=now)},
        where=or_(rows.c.version <= before, rows.c.version > ahead) if paced else None,
    )
    hasty = [func.set_config("synchronous_commit", "off", true())] if dialect == "postgresql" else []
    return Statement(raised.returning(rows.c.topic, rows.c.version, *hasty))


def _given(dialect: str, now: BindParameter[int]) -> Select[Any]:
    """The topics as rows, one parameter for all: a statement for each number of them would be kept for good."""
    if dialect == "sqlite":
        listed = func.json_each(bindparam("topics", type_=Text)).table_valued("value")
        # without a WHERE SQLite reads ON CONFLICT as a part of the SELECT
        return select(listed.c.value, now).where(listed.c.value.is_not(None))
    return select(func.unnest(bindparam("topics", type_=ARRAY(Text))).column_valued("named"), now)


_VERSION = Statement(select(TopicVersion.version).where(TopicVersion.topic == bindparam("topic")))


def version_of(session: Session, topic: str) -> int:
    """The present version of a topic; 0 before its first change, and where its state tells its own."""
    if has_its_own(topic):
        return 0
    found = _VERSION.first(session, {"topic": topic})
    return found[0] if found else 0


def versions_of(session: Session, topics: list[str]) -> dict[str, int]:
    """The present versions of these topics, without those that never changed."""
    found = select(TopicVersion.topic, TopicVersion.version).where(TopicVersion.topic.in_(topics))
    return {row.topic: row.version for row in session.execute(found)}
