"""Absences in a bulletin: not ranked while they are checked, none when excused, an absence with its words (M5, M8)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.bulletins_at_work import AFTER, Bulletins
from tests.cases_at_work import at

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Bulletins:
    found = Bulletins(client, demo)
    found.held(checked=False)
    return found


def state(hall: Bulletins, **more: Any) -> None:
    """The department says why nobody came."""
    with at(AFTER):
        said = {"reason": "illness", "said": "住院手术", **more}
        hall.must("POST", f"/duties/{hall.duties[1]}/absence/explain", said, "head1")


def decide(hall: Bulletins, verb: str) -> None:
    """The manager decides."""
    with at(AFTER):
        hall.must("POST", f"/duties/{hall.duties[1]}/absence/{verb}", {})


def waits(hall: Bulletins, key: int, moment: Any = AFTER) -> list[str]:
    """What keeps it from being signed off."""
    with at(moment):
        said = hall.ask("POST", f"/bulletins/{key}/sign-off", {"revision": 1}, "second").get_json()
    assert said["code"] == "absence_unchecked"
    return [one["waits_for"] for one in said["absences"]]


def absent(hall: Bulletins, key: int) -> tuple[str, Any, Any, str]:
    """The missing head's turn, and how the department stands with an overdue finding of its own."""
    found = hall.must("GET", f"/bulletins/{key}")
    turn = found["figures"]["attendance"][1]
    row = next(one for one in found["figures"]["bodies"] if one["name"] == "第1局")
    return turn["kind"], row["score"], turn["explanation"], found["text"]


def test_M5_a_departments_own_word_takes_nothing_out_of_the_ranking(hall: Bulletins) -> None:
    state(hall)
    key = hall.draft()["bulletin"]
    kind, _score, told, text = absent(hall, key)
    assert (kind, told) == ("checking", None)
    assert "未到岗正在核实1人次" in text
    assert "未到岗情况正与单位核实：3月30日上午第1局。" in text
    assert waits(hall, key) == ["decision"]
    assert hall.must("GET", f"/bulletins/{key}")["figures"]["totals"]["explained"] == 0


def test_M5_while_it_is_checked_an_absence_is_not_ranked(hall: Bulletins) -> None:
    for _step in range(2):  # nobody was asked, then the department was
        key = hall.draft()["bulletin"]
        row = hall.must("GET", f"/bulletins/{key}")["figures"]["bodies"]
        turns = {one["name"]: (one["checking"], one["absent"]) for one in row}
        assert turns["第1局"] == (1, 0)
        with at(AFTER):
            hall.ask("POST", f"/duties/{hall.duties[1]}/absence/ask")


def test_M5_M8_past_the_departments_time_a_bulletin_waits_for_the_manager(hall: Bulletins) -> None:
    key = hall.draft()["bulletin"]
    assert waits(hall, key) == ["asking"]
    with at(AFTER):
        hall.must("POST", f"/duties/{hall.duties[1]}/absence/ask")
    assert waits(hall, key, AFTER + timedelta(days=3)) == ["department"]
    late = AFTER + timedelta(days=4)
    assert waits(hall, key, late) == ["decision"]
    with at(late):
        hall.must("POST", f"/duties/{hall.duties[1]}/absence/uphold", {})
    hall.step(key, "figures", "second", late)
    assert hall.step(key, "sign-off", "second", late)["number"] == 1
    assert hall.frozen(2026, 1)["sheet"]["figures"]["attendance"][1]["kind"] == "absent"


def test_M8_an_excused_absence_is_none_in_the_ranking_and_its_reason_stays_in_the_hall(
    hall: Bulletins,
) -> None:
    state(hall, printed=True)
    decide(hall, "accept")
    key = hall.draft()["bulletin"]
    kind, _score, told, text = absent(hall, key)
    assert (kind, told) == ("explained", None)
    assert "未到岗、经说明不计缺席1人次" in text
    written = str(hall.must("GET", f"/bulletins/{key}"))
    assert "illness" not in written
    assert "住院" not in written
    assert hall.step(key, "sign-off", "second")["number"] == 1


@pytest.mark.parametrize("printed", [True, False])
def test_M5_what_is_not_accepted_stays_absent_with_the_departments_words_if_it_wants(
    hall: Bulletins, printed: bool
) -> None:
    state(hall, reason="flood", said="在马集大坝值守", printed=printed)
    decide(hall, "uphold")
    key = hall.draft()["bulletin"]
    kind, score, told, text = absent(hall, key)
    assert (kind, score) == ("absent", "0.0")
    assert told == ({"reason": "flood", "said": "在马集大坝值守"} if printed else None)
    assert ("第1局（单位说明：防汛值班，在马集大坝值守）" in text) is printed
    assert ("马集" in str(hall.must("GET", f"/bulletins/{key}"))) is printed


@pytest.mark.parametrize(("said", "shown"), [("已电话告知大厅", "（单位说明：已电话告知大厅）"), ("", "")])
def test_E2_that_somebody_was_ill_is_in_no_bulletin(hall: Bulletins, said: str, shown: str) -> None:
    state(hall, said=said, printed=True)
    decide(hall, "uphold")
    key = hall.draft()["bulletin"]
    kind, _score, told, text = absent(hall, key)
    assert (kind, told) == ("absent", {"reason": "", "said": said} if said else None)
    assert f"缺席情况已与单位核实：3月30日上午第1局{shown}。" in text
    hall.step(key, "sign-off", "second")
    frozen = str(hall.frozen(2026, 1))
    assert "illness" not in frozen and "因病" not in frozen
    assert "因病" not in str(hall.client.get("/receptions/bulletins/directors/2026/1").text)
