"""The figures, counted in the database: a few rows for each group, whatever the number of cases (I11).

No case is ever read. On SQLite the counting runs in a thread beside the server's own, which goes on meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, String, case, func, literal, literal_column, select
from sqlalchemy.orm import aliased

from hall.aside import rows_aside
from hall.catalog.models import Bundle
from hall.intake.measures.rules import Figures, mean
from hall.intake.models import Case, Filing, FilingPaper, PaperUse
from hall.intake.review.models import OneTimeNotice

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from hall.intake.measures.queries import Span
    from hall.sites import Site

ASKED: ColumnElement[bool] = literal_column("filing_paper.state NOT IN ('not_needed', 'unchecked')", Boolean)
"""A paper that applies."""
NOT_BROUGHT: ColumnElement[bool] = literal_column("filing_paper.state IN ('reused', 'from_bundle')", Boolean)
"""One that the hall has already, or that the bundle makes itself."""
WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Counting:
    """One grouping of the cases received in some months at a hall."""

    session: Session
    site: Site
    span: Span
    by: str

    def figures(self) -> dict[Any, Figures]:
        """The row of each group by its key: of items, departments and bundles, the month, or `WHOLE`."""
        parts = (self._papers(), self._visits(), self._notices())
        papers, visits, notices = ({row.key: row for row in part} for part in parts)
        return {
            row.key: _row(row, papers.get(row.key), visits.get(row.key), notices.get(row.key))
            for row in self._cases()
            if row.key is not None
        }

    def _answers(self, wanted: Select[Any]) -> list[Any]:
        """The rows of a statement, by name."""
        names = [column.name for column in wanted.selected_columns]
        return [
            SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows_aside(self.session, wanted)
        ]

    def _key(self) -> ColumnElement[Any]:
        columns: dict[str, ColumnElement[Any]] = {
            "item": Case.item_id.expression,
            "department": Case.department_id.expression,
            "bundle": Filing.bundle_id.expression,
            "month": case(
                *((Case.received_at < end, name) for name, end in self.span.ends(self.site)), else_=""
            ),
        }
        return columns.get(self.by, literal(WHOLE, String)).label("key")

    def _grouped(self, *wanted: ColumnElement[Any]) -> Select[Any]:
        """A row for each group, of its cases."""
        return self._of_cases(select(self._key(), *wanted)).group_by(literal_column("key"))

    def _of_cases(self, wanted: Select[Any]) -> Select[Any]:
        found = wanted.select_from(Case).where(*self.span.received_in(self.site))
        return found.join(Filing, Filing.id == Case.filing_id) if self.by == "bundle" else found

    def _cases(self) -> list[Any]:
        wanted = self._grouped(
            func.count().label("cases"),
            func.count(Case.decided_at).label("decided"),
            func.sum(Case.statutory_days).label("statutory"),
            func.count(Case.statutory_days).label("with_statutory"),
            func.sum(Case.committed_days).label("committed"),
            func.count(Case.committed_days).label("with_committed"),
            func.sum(Case.actual_days).label("actual"),
            func.count(Case.actual_days).label("with_actual"),
            func.sum(case((Case.notice_breach, 1), else_=0)).label("breaches"),
            func.sum(case((Case.accepted_basis == "lapse", 1), else_=0)).label("lapses"),
            func.count(Case.overdue_since).label("overdue"),
        )
        return self._answers(wanted)

    def _forms(self) -> Any:  # noqa: ANN401 - a subquery of keys and forms
        return self._of_cases(select(self._key(), Case.filing_id.label("form"))).distinct().subquery()

    def _papers(self) -> list[Any]:
        """Papers that applied, each once for a form though several of its cases ask for it (I6)."""
        forms, asking = self._forms(), aliased(Case)
        used = [PaperUse.paper_id == FilingPaper.id, asking.filing_id == FilingPaper.filing_id]
        same = {"item": asking.item_id, "department": asking.department_id}.get(self.by)
        if same is not None:
            used.append(same == forms.c.key)
        asks = (
            select(literal(1))
            .select_from(PaperUse)
            .join(asking, asking.item_id == PaperUse.item_id)
            .where(*used)
            .correlate(FilingPaper, forms)
            .exists()
        )
        wanted = (
            select(
                forms.c.key,
                func.count().label("asked"),
                func.sum(case((NOT_BROUGHT, 1), else_=0)).label("reused"),
            )
            .select_from(forms)
            .join(FilingPaper, FilingPaper.filing_id == forms.c.form)
            .where(
                ASKED,
                asks,
            )
        )
        return self._answers(wanted.group_by(forms.c.key))

    def _visits(self) -> list[Any]:
        """Visits, each form once."""
        forms = self._forms()
        wanted = (
            select(
                forms.c.key,
                func.avg(Bundle.visits_before).label("before"),
                func.avg(Bundle.visits_after).label("promised"),
                func.avg(Filing.visits).label("made"),
            )
            .select_from(forms)
            .join(Filing, Filing.id == forms.c.form)
            .outerjoin(Bundle, Bundle.id == Filing.bundle_id)
        )
        return self._answers(wanted.group_by(forms.c.key))

    def _notices(self) -> list[Any]:
        wanted = self._grouped(func.count(OneTimeNotice.id).label("notices"))
        return self._answers(wanted.join(OneTimeNotice, OneTimeNotice.case_id == Case.id))


def _row(cases: Any, papers: Any, visits: Any, notices: Any) -> Figures:  # noqa: ANN401
    """Figures from the rows of one group; a part that found nothing is None."""
    return Figures(
        cases=cases.cases,
        decided=cases.decided,
        statutory=mean(cases.statutory, cases.with_statutory),
        committed=mean(cases.committed, cases.with_committed),
        actual=mean(cases.actual, cases.with_actual),
        asked=papers.asked if papers else 0,
        reused=int(papers.reused) if papers else 0,
        visits_before=_float(visits.before),
        visits_promised=_float(visits.promised),
        visits_made=_float(visits.made),
        notices=notices.notices if notices else 0,
        breaches=int(cases.breaches),
        lapses=int(cases.lapses),
        overdue=cases.overdue,
    )


def _float(value: Any) -> float | None:  # noqa: ANN401 - PostgreSQL answers decimals
    return None if value is None else float(value)
