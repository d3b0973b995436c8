"""The measures: a page to read and print, and its spreadsheet (I11)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, g, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Invalid
from hall.intake.measures import queries, sheet
from hall.intake.measures.counting import WHOLE
from hall.intake.measures.queries import Span
from hall.intake.measures.rules import NOTHING, Figures
from hall.sites import Site

pages = Blueprint("measure_pages", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BY = ("item", "department", "bundle", "month")
MOST_MONTHS = 12
USUAL_MONTHS = 3
PLOTTED = 12
Rows = list[tuple[str, Figures]]


@pages.get("/measures")
@allow(Can.INTAKE_MEASURE)
def measures() -> str | tuple[str, int]:
    """Figures of the cases received in some months (`?from=2026-01&until=2026-03`), by `?by=` one of `BY`."""
    site, by = _site(), request.args.get("by", "item")
    by = by if by in BY else "item"
    wrong = None
    try:
        span = chosen(site, request.args.get("from", ""), request.args.get("until", ""))
    except Invalid as problem:
        wrong, span = problem, chosen(site, "", "")
    rows, total = _rows(site, span, by), _total(site, span)
    plotted = [(name, row) for name, row in rows if row.actual is not None or row.committed is not None][
        :PLOTTED
    ]
    page = render_template(
        "intake/measures.html",
        by=by,
        ways=_ways(),
        span=span,
        rows=rows,
        total=total,
        plotted=plotted,
        longest=max(
            [1.0, *(max(row.statutory or 0, row.committed or 0, row.actual or 0) for _name, row in plotted)]
        ),
        fields=sheet.FIELDS,
        told=sheet.definitions(),
        shown=sheet.shown,
        breaches=queries.breaches(db.session(), site, span),
        breach_words=sheet.breach_words(),
        wrong=wrong,
        query={"from": f"{span.first:%Y-%m}", "until": f"{span.last:%Y-%m}"},
    )
    return page if wrong is None else (page, wrong.status)


@pages.get("/measures.xlsx")
@allow(Can.INTAKE_MEASURE)
def measures_workbook() -> Response:
    """The same figures in every grouping, as a spreadsheet."""
    site = _site()
    span = chosen(site, request.args.get("from", ""), request.args.get("until", ""))
    parts = [(title, _rows(site, span, by)) for by, title in _ways()]
    parts.append((_("Whole hall"), [(_("Whole hall"), _total(site, span))]))
    data = sheet.workbook(parts, queries.breaches(db.session(), site, span))
    name = f"measures-{site.code}-{span.first:%Y-%m}-{span.last:%Y-%m}.xlsx"
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def chosen(site: Site, first: str, last: str) -> Span:
    """The months asked for; this one and the two before without. Raises Invalid for none, or for more than twelve."""
    today = clock.business_date(site.zone, clock.now()).replace(day=1)
    end = _month(last, "until") if last else today
    begin = _month(first, "from") if first else _back(end, USUAL_MONTHS - 1)
    months = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if not 1 <= months <= MOST_MONTHS:
        said = _l("Choose one to twelve months, the first before the last.")
        raise Invalid(said, code="bad_months", errors={"from": [said]})
    return Span(begin, end)


def _month(text: str, name: str) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2100:  # noqa: PLR2004 - as in the day sheet
        said = _l("Choose a month, such as 2026-11.")
        raise Invalid(said, code="bad_month", errors={name: [said]})
    return found


def _back(month: date, count: int) -> date:
    months = month.year * 12 + month.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _site() -> Site:
    return db.session.get_one(Site, g.actor.site_id)


def _ways() -> list[tuple[str, str]]:
    return [
        ("item", _("Item")),
        ("department", _("Department")),
        ("bundle", _("Bundle")),
        ("month", _("Month")),
    ]


def _total(site: Site, span: Span) -> Figures:
    """The whole hall; nothing of nothing."""
    return queries.figures(db.session(), site, span).get(WHOLE, NOTHING)


def _rows(site: Site, span: Span, by: str) -> Rows:
    """Name and figures of each group, the largest first; months in their order."""
    found = queries.figures(db.session(), site, span, by)
    if by == "month":
        return sorted(found.items())
    names = queries.names(db.session(), site)[by]
    english = str(get_locale() or "zh").startswith("en")
    listed = [(_name(names, key, english=english), row) for key, row in found.items()]
    return sorted(listed, key=lambda one: (-one[1].cases, one[0]))


def _name(names: dict[int, tuple[str, str]], key: int, *, english: bool) -> str:
    name, name_en = names.get(key, (str(key), ""))
    return name_en if english and name_en else name
