"""Case numbers: one running count a hall and year, in the transaction that makes the cases, so without gaps."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from hall.intake.models import CaseSeries
from hall.intake.rules import case_number

if TYPE_CHECKING:
    from hall.sites import Site
    from hall.unit_of_work import Work


def next_number(work: Work, site: Site, year: int) -> tuple[int, str]:
    """The next serial of this hall and year, and the number that is printed."""
    statement = _counting(work.session.get_bind().dialect.name)
    serial = int(
        work.session.connection().execute(statement, {"at_site": site.id, "in_year": year}).scalar_one()
    )
    return serial, case_number(site.division_code or site.code.upper(), year, serial)


@cache
def _counting(dialect: str) -> Any:  # noqa: ANN401 - an INSERT of either dialect
    series = cast("Table", CaseSeries.__table__)
    first = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(series).values(
        site_id=bindparam("at_site"), year=bindparam("in_year"), last_serial=1
    )
    return first.on_conflict_do_update(
        index_elements=[series.c.site_id, series.c.year], set_={"last_serial": series.c.last_serial + 1}
    ).returning(series.c.last_serial)
