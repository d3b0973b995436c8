"""A Monday in March with a head who came and one who did not, two managers, and bulletins of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hall.actor import SYSTEM_ACTOR
from hall.rota.presence.absences import find_absences
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.findings_at_work import Findings
from tests.on_the_day import DAY, ENDS, STARTS, OnTheDay
from tests.rota_at_work import CODE, EARLY

if TYPE_CHECKING:
    from datetime import datetime

AFTER = ENDS + timedelta(hours=3)
DAYS = {"first": DAY, "last": DAY}
PATH = f"/sites/xixian/rotas/{CODE}/bulletins"


class Bulletins(OnTheDay):
    """第0局 came, 第1局 did not; an overdue finding is 第1局's."""

    def held(self, *, checked: bool = True) -> None:
        """The day is over; `checked`: the department of who was missing has answered."""
        with at(EARLY):
            self.findings = Findings(self)
        self.duties = self.begin()
        with at(EARLY):
            late = self.findings.find(title="取号机纸张用完无人更换")
            self.findings.assign(late, "局长1", 3)
        self.come(self.duties[0], 0, STARTS)
        self.leave(self.duties[0], 0, ENDS)
        with self.client.application.app_context(), at(ENDS):
            perform(SYSTEM_ACTOR, find_absences, None)
        if checked:
            self.check()

    def check(self) -> None:
        """The absence is checked with its department."""
        with at(ENDS):
            self.must("POST", f"/duties/{self.duties[1]}/absence/ask")
            self.must("POST", f"/duties/{self.duties[1]}/absence/confirm", {}, "liaison1")

    def draft(self, moment: datetime = AFTER, who: str = "manager", **days: str) -> dict[str, Any]:
        """A new draft."""
        with at(moment):
            done: dict[str, Any] = self.must("POST", PATH, {**DAYS, **days}, who)
            return done

    def step(
        self, key: int, verb: str, who: str = "manager", moment: datetime = AFTER, **body: Any
    ) -> dict[str, Any]:
        """One step with a draft, as it stands."""
        with at(moment):
            if verb != "correct":
                body.setdefault("revision", self.must("GET", f"/bulletins/{key}")["revision"])
            done: dict[str, Any] = self.must("POST", f"/bulletins/{key}/{verb}", body or None, who)
            return done

    def refused(self, key: int, verb: str, who: str = "second", moment: datetime = AFTER, **body: Any) -> str:
        """Why a step was refused."""
        with at(moment):
            body.setdefault("revision", self.ask("GET", f"/bulletins/{key}").get_json().get("revision", 1))
            return self.code(f"/bulletins/{key}/{verb}", body, who)

    def frozen(self, year: int, number: int) -> dict[str, Any]:
        """A frozen bulletin, as everybody reads it."""
        answer = self.client.get(f"/api/v1{PATH}/{year}/{number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found
