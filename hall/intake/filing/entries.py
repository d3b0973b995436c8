"""What a clerk types into a form: kept as it comes, sealed where it is personal, checked when the form is received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.applicants.rules import OF_PARTY, NumberKind, Party, masked, masked_phone, normalised, phone
from hall.errors import Invalid
from hall.intake.filing.reuse import take
from hall.intake.models import FilingPaper
from hall.intake.states import PaperState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from hall.applicants.vault import Vault
    from hall.intake.filing.reuse import Reusable
    from hall.intake.models import Filing


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clerk found of one paper; `source` says what stands for it where it is reused."""

    state: str
    note: str = ""
    source: str = ""


PLAIN: Mapping[str, int] = {
    "name": 120,
    "agent_name": 120,
    "mandate_scope": 300,
    "subject": 300,
    "remarks": 500,
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "party": tuple(Party),
    "number_kind": tuple(NumberKind),
    "agent_number_kind": OF_PARTY[Party.PERSON],
    "collect": ("together", "piecewise"),
    "delivery": ("window", "post"),
}
SEALED: Mapping[str, int] = {"number": 40, "agent_number": 40, "phone": 30, "address": 200}
FIELDS = frozenset({*PLAIN, *CHOICES, *SEALED, "mandate_until"})


def keep_entries(
    session: Session,
    draft: Filing,
    entries: Mapping[str, str | date | None],
    papers: Mapping[int, Seen],
    vault: Vault,
    *,
    offered: Callable[[], tuple[Reusable, ...]],
) -> None:
    """Write what was typed into the draft; `offered` says what can be reused. Raises Invalid by field."""
    problems: dict[str, list[object]] = {}
    for name, value in entries.items():
        problem = _keep(draft, name, value, vault)
        if problem is not None:
            problems[name] = [problem]
    if problems:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=problems)
    _check_papers(session, draft, papers, offered)


CHOOSE, LONG, UNKNOWN = (
    _l("Choose one of the values offered."),
    _l("This is too long."),
    _l("We do not know this field."),
)


def _keep(draft: Filing, name: str, value: str | date | None, vault: Vault) -> object:
    """One field; answers what is wrong with it, None where nothing is."""
    if name == "mandate_until":
        draft.mandate_until = value if isinstance(value, date) else None
        return None
    said = value.strip() if isinstance(value, str) else ""
    if name in CHOICES:
        if said not in CHOICES[name]:
            return CHOOSE
        setattr(draft, name, said)
    elif name in PLAIN or name in SEALED:
        if len(said) > (PLAIN.get(name) or SEALED[name]):
            return LONG
        if name in PLAIN:
            setattr(draft, name, said)
        else:
            _seal(draft, name, said, vault)
    else:
        return UNKNOWN
    return None


def _seal(draft: Filing, name: str, said: str, vault: Vault) -> None:
    plain = said if name == "address" else normalised(said)
    setattr(draft, f"{name}_sealed", vault.seal(plain))
    if name in {"number", "agent_number"}:
        setattr(draft, f"{name}_shown", masked(plain)[:40])
    elif name == "phone":
        digits = phone(plain)
        draft.phone_shown = masked_phone(digits) if digits else ""


def _check_papers(
    session: Session,
    draft: Filing,
    given: Mapping[int, Seen],
    offered: Callable[[], tuple[Reusable, ...]],
) -> None:
    """Write the states of papers. Raises Invalid for a paper of another form, or one deferred that may not be."""
    if not given:
        return
    rows = {
        row.id: row for row in session.scalars(select(FilingPaper).where(FilingPaper.filing_id == draft.id))
    }
    session.flush()  # the number that was typed along decides what can be reused
    ready = offered() if any(seen.state == PaperState.REUSED for seen in given.values()) else ()
    for key, seen in given.items():
        row = rows.get(key)
        if row is None or seen.state not in set(PaperState):
            said = _l("This is not on the checklist.")
            raise Invalid(said, code="unknown_paper", errors={"papers": [said]})
        if seen.state == PaperState.DEFERRED and not row.deferrable:
            said = _l("%(paper)s may not be handed in later.", paper=row.name)
            raise Invalid(said, code="not_deferrable", errors={"papers": [said]})
        if seen.state == PaperState.FROM_BUNDLE and row.made_by_id is None:
            said = _l("No case of this bundle makes “%(paper)s”.", paper=row.name)
            raise Invalid(said, code="not_from_bundle", errors={"papers": [said]})
        row.note = seen.note.strip()[:200]
        if seen.state == PaperState.REUSED:
            take(row, seen.source, ready)
        else:
            row.state = seen.state
            row.reused_paper_id = row.reused_licence_id = None
