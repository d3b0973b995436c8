"""What somebody wants to book, as the addresses of the pages carry it from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hall.helpers.free import Ask
from hall.helpers.rules import SKILLS
from hall.helpers.states import Kind
from hall.queueing.drawing import Matter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

MATTERS = ("item", "bundle", "line")
LONGEST_CODE = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """Kind of help, matter (`item`, `bundle` or `line` and its code), what the helper should know, or which one."""

    kind: str = Kind.ASSIST.value
    sort: str = ""
    code: str = ""
    needs: tuple[str, ...] = ()
    helper: str = ""

    @property
    def matter(self) -> Matter | None:
        """As the booking room takes it; None where none is chosen."""
        if not self.sort:
            return None
        return Matter(**{name: self.code if name == self.sort else None for name in MATTERS})

    def ask(self, *, at_desk: bool) -> Ask:
        """What free times are looked for by."""
        return Ask(self.kind, frozenset(self.needs), self.helper or None, at_desk)

    def args(self, **more: str) -> dict[str, Any]:
        """The values of an address that lead here again, changed by `more` ("" takes one away)."""
        found: dict[str, Any] = {"kind": self.kind}
        if self.sort:
            found[self.sort] = self.code
        if self.needs:
            found["need"] = list(self.needs)
        if self.helper:
            found["helper"] = self.helper
        found.update(more)
        return {name: value for name, value in found.items() if value}


def wish_of(given: MultiDict[str, str]) -> Wish:
    """The wish in an address or a form; what cannot be is left out."""
    kind = given.get("kind", "")
    sort = next((name for name in MATTERS if given.get(name)), "")
    return Wish(
        kind if kind in {one.value for one in Kind} else Kind.ASSIST.value,
        sort,
        given.get(sort, "")[:LONGEST_CODE] if sort else "",
        tuple(one for one in SKILLS if one in given.getlist("need")),
        given.get("helper", "")[:12],
    )


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What somebody wrote into the form, cut to what it may hold."""
    limits = {"name": 60, "phone": 30, "id_number": 30, "address": 200, "wish": 300, "companions": 2}
    return {name: form.get(name, "").strip()[:limit] for name, limit in limits.items()}
