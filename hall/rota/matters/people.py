"""Who brings a matter: checked, sealed, shown masked, and found again by a keyed hash only (I10, E2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from hall.applicants.rules import masked_name, masked_phone, phone
from hall.errors import Invalid

if TYPE_CHECKING:
    from hall.applicants.vault import Vault

WHOLE_NAME = 60
WHOLE_ASKED = 300


@dataclass(frozen=True, slots=True)
class Person:
    """As typed; a desk and a department may write down somebody without telephone."""

    name: str
    phone: str = ""
    asked: str = ""


def sealed(person: Person, vault: Vault, *, needed: bool) -> dict[str, Any]:
    """The columns of a matter that hold a person and what they ask. Raises Invalid at each field that is at fault."""
    wrong: dict[str, list[object]] = {}
    name, asked = (" ".join(text.split()) for text in (person.name, person.asked))
    if needed and not name:
        wrong["name"] = [_l("Please give a name.")]
    digits = phone(person.phone) if person.phone.strip() else ""
    if digits is None or (needed and not digits):
        wrong["phone"] = [_l("Please give a mobile number, or a landline with its area code.")]
    if not asked:
        wrong["asked"] = [_l("Please say in a few words what it is about.")]
    if len(asked) > WHOLE_ASKED:
        wrong["asked"] = [_l("Please say it in %(count)s signs at the most.", count=WHOLE_ASKED)]
    if wrong:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=wrong)
    return {
        "phone_trace": vault.phone_trace(digits) if digits else None,
        "name_sealed": vault.seal(name[:WHOLE_NAME]),
        "name_shown": masked_name(name),
        "phone_sealed": vault.seal(digits or ""),
        "phone_shown": masked_phone(digits) if digits else "",
        "asked_sealed": vault.seal(asked),
    }
