"""Q2: a lost race is tried again inside, as often as others go first; who never gets through is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hall.actor import SYSTEM_ACTOR
from hall.errors import Conflict
from hall.unit_of_work import RACES, LostRace, Work, perform

if TYPE_CHECKING:
    from flask import Flask


def test_Q2_who_loses_many_races_in_a_row_gets_through_in_the_end(app: Flask) -> None:
    tries: list[int] = []

    def lose(_work: Work, times: int) -> str:
        tries.append(times)
        if len(tries) <= times:
            raise LostRace
        return "called"

    with app.app_context():
        assert perform(SYSTEM_ACTOR, lose, 20) == "called", "Q2: sixteen windows at one ticket lose often"
        tries.clear()
        with pytest.raises(Conflict):
            perform(SYSTEM_ACTOR, lose, RACES + 1)
    assert len(tries) == RACES
