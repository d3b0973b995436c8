"""The demo hall is made in an empty database."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hall import facts
from hall.catalog import actions as catalogue
from hall.catalog import demo as demo_data
from hall.catalog.bundles import save_bundle
from hall.catalog.demo import wanted as demo_wanted
from hall.catalog.models import Line, Window, WindowLine
from hall.demo import people
from hall.errors import Conflict
from hall.helpers.demo import add_exclusions, add_helpers
from hall.rota.demo import add_mondays
from hall.sites import Site, SiteSettings
from hall.unit_of_work import Work

HALL = demo_data.load()


def is_empty(session: Session) -> bool:
    """Whether nothing was set up yet."""
    return not session.scalar(select(func.count()).select_from(Site))


def load(work: Work, _command: None) -> None:
    """Make the demo hall in an empty database. Raises Conflict in any other."""
    if not is_empty(work.session):
        msg = "The database is in use; the demo hall needs an empty one."
        raise Conflict(msg, code="not_empty")
    settings = SiteSettings(always_open=True, supervision_phone="0376-5951234")
    site = Site(
        code=HALL.site.code,
        name=HALL.site.name,
        name_en=HALL.site.name_en,
        division_code=HALL.site.division,
        settings_json=settings.dump(),
    )
    work.session.add(site)
    work.session.flush()
    _lines_and_windows(work.session, site)
    people.team(work.session, site)
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what="demo"))
    catalogue.load(work, catalogue.Load(site.id, demo_wanted.wanted(HALL)))
    for bundle in demo_wanted.bundles(HALL, site.id):
        save_bundle(work, bundle)
    people.reviewers(work.session, site)
    people.authorities(work, site)
    add_helpers(work.session, site)
    add_exclusions(work.session, site)
    add_mondays(work, site)


def _lines_and_windows(session: Session, site: Site) -> None:
    lines = {
        line.code: Line(
            site_id=site.id,
            code=line.code,
            prefix=line.prefix,
            name=line.name,
            name_en=line.name_en,
            examples=line.examples,
            examples_en=line.examples_en,
            collects=line.collects,
            sort=sort,
        )
        for sort, line in enumerate(HALL.lines)
    }
    session.add_all(lines.values())
    windows = {
        window.code: Window(
            site_id=site.id,
            code=window.code,
            number=window.number,
            name=window.name,
            name_en=window.name_en,
            area=window.floor,
            area_en=window.area_en.partition(",")[0],
        )
        for window in HALL.windows
    }
    session.add_all(windows.values())
    session.flush()
    session.add_all(
        WindowLine(
            window_id=windows[window.code].id, line_id=lines[line].id, preferred=line in window.preferred
        )
        for window in HALL.windows
        for line in (*window.preferred, *window.others)
    )
