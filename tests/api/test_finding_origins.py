"""A finding made of a walk's remark or of a hard matter: linked both ways, of the same rota and session (M6, M7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.rota.findings.models import Finding
from hall.rota.matters.models import HardMatter
from hall.rota.models import Rota
from hall.rota.walks.models import Walk
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.findings_at_work import Findings, add_manager
from tests.matters_at_work import BEFORE, DAY, PHONE, Reception
from tests.rota_at_work import CODE, EARLY

ASKED = "宅基地确权三年没有结果"

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Executable

ITEM, LEDGER = "411528-SCJG-001", f"/sites/xixian/rotas/{CODE}/findings"
REMARK, TITLE = "窗口没有表格样例", "登记窗口缺填写样例"


@pytest.fixture
def hall(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    app.config["WTF_CSRF_METHODS"] = []  # the guard against foreign pages has tests of its own
    with at(EARLY):
        reception = Reception(client, demo)
        add_manager(reception.mondays)
    with at(BEFORE):
        yield reception


@pytest.fixture
def ledger(hall: Reception) -> Findings:
    found = object.__new__(Findings)
    found.mondays = hall.mondays
    return found


def walked(hall: Reception) -> str:
    """A walk of one step with a remark, ended."""
    begun = {"body": hall.bodies[0], "item": ITEM, "step": "取号"}
    token = str(hall.must("POST", "/walks", begun, "head0")["token"])
    hall.must("POST", f"/walks/{token}/next", {"number": 1, "step": "填表", "remark": REMARK}, "head0")
    hall.must("POST", f"/walks/{token}/end", {"conclusion": "跑了两趟", "visits": 2}, "head0")
    return token


def taken(hall: Reception, **values: Any) -> str:
    """A matter that the head has taken up."""
    token = str(hall.book(**values)["token"])
    hall.must("POST", f"/receptions/bookings/{token}/take-up", who="head0")
    return token


def page(hall: Reception, path: str, who: str = "head0", status: int = 200, **form: Any) -> str:
    headers = {"Authorization": f"Bearer {hall.mondays.tokens[who]}"}
    client = hall.client
    answer = client.post(path, headers=headers, data=form) if form else client.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.text


def refused(app: Flask, change: Executable) -> None:
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: session.execute(change))


def test_M7_a_finding_of_a_walk_s_step_takes_session_and_source_and_both_show_each_other(
    hall: Reception, ledger: Findings
) -> None:
    token = walked(hall)
    said = {"title": TITLE, "source": "other", "walk": token, "step": 1}
    key = ledger.mondays.must("POST", LEDGER, said, "head0")["finding"]
    whole = ledger.read(key, "head0")
    assert (whole["line"]["source"], whole["line"]["found_on"]) == ("walk", DAY)
    origin = whole["origin"]
    assert (origin["what"], origin["step"], origin["step_name"], origin["remark"], origin["token"]) == (
        "walk",
        1,
        "取号",
        REMARK,
        token,
    )
    assert f"/mondays/walks/{token}" in page(hall, f"/receptions/findings/{key}")
    walk = page(hall, f"/mondays/walks/{token}")
    assert TITLE in walk
    assert whole["line"]["number"] in walk
    assert "已发现" in walk
    ledger.assign(key)
    other = ledger.read(key, "head1")["origin"]
    assert (other["name"], other["token"]) == (origin["name"], "")
    assert f"/mondays/walks/{token}" not in page(hall, f"/receptions/findings/{key}", "head1")


def test_M7_E2_the_form_takes_over_a_remark_and_shows_what_a_citizen_asked(hall: Reception) -> None:
    walk, matter = walked(hall), taken(hall)
    links = re.findall(r'href="(/receptions/findings/new\?[^"]+)"', page(hall, f"/mondays/walks/{walk}"))
    assert len(links) == 2, "One of the remark, one of the conclusion."
    form = page(hall, f"/receptions/findings/new?walk={walk}&step=1")
    assert re.search(rf'id="field-title"[^>]*value="{REMARK}"', form)
    assert re.search(r'id="field-detail"[^>]*>[^<]*取号', form)
    assert 'name="source"' not in form
    page(
        hall,
        "/receptions/findings/new",
        status=303,
        walk=walk,
        step="1",
        title=TITLE,
        detail="",
    )
    link = f"/receptions/findings/new?matter={matter}"
    assert link in page(hall, f"/mondays/matters/{matter}")
    form = page(hall, link)
    assert ASKED in form.partition("<form")[2].partition('id="field-title"')[0], (
        "Above the fields, to be read."
    )
    assert re.search(r'<textarea[^>]*id="field-detail"[^>]*></textarea>', form), (
        "Sealed words stay where they are."
    )
    assert 'name="phone"' not in form, "Whose matter it is is called back, nobody else."
    page(hall, "/receptions/findings/new", status=303, matter=matter, title="确权三年未办")
    assert "确权三年未办" in page(hall, f"/mondays/matters/{matter}")
    found = page(hall, "/receptions/findings/new", status=422, matter=matter, title=" ", detail="已改写")
    assert "已改写" in found
    assert ASKED in found
    assert f'value="{matter}"' in found


def test_M7_the_citizen_of_the_matter_is_the_one_who_is_called_back(
    hall: Reception, ledger: Findings
) -> None:
    token = taken(hall)
    said = {"title": TITLE, "matter": token}
    given = {**said, "citizen": "别人", "phone": "13900001111"}
    answer = ledger.mondays.ask("POST", LEDGER, given, "head0")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["citizen"])
    key = ledger.mondays.must("POST", LEDGER, said, "head0")["finding"]
    whole = ledger.read(key)
    assert (whole["citizen"], whole["has_citizen"], whole["line"]["source"]) == ("欧**", True, "do")
    shown = page(hall, f"/receptions/findings/{key}/citizen", "manager", verb="x")
    assert "欧阳小明" in shown
    assert PHONE in shown
    assert PHONE not in page(hall, f"/receptions/findings/{key}")


def test_M7_a_matter_without_telephone_lets_somebody_be_named(hall: Reception, ledger: Findings) -> None:
    brought = {"body": hall.bodies[0], "source": "floor", "asked": "过道灯坏了"}
    token = hall.must("POST", "/sites/xixian/receptions/matters", brought, "head0")["token"]
    assert 'name="phone"' in page(hall, f"/receptions/findings/new?matter={token}")
    said = {"title": TITLE, "matter": token, "citizen": "王小明", "phone": "13812345678"}
    assert ledger.read(ledger.mondays.must("POST", LEDGER, said, "head0")["finding"])["citizen"] == "王**"


def test_M7_only_its_department_makes_a_finding_of_it_and_only_of_what_was_heard(hall: Reception) -> None:
    walk, booked = walked(hall), str(hall.book()["token"])
    said = {"title": TITLE}
    assert hall.code(LEDGER, {**said, "walk": walk}, "head1") == "forbidden"
    assert hall.code(LEDGER, {**said, "walk": walk, "step": 9}, "head0") == "invalid"
    assert hall.code(LEDGER, {**said, "walk": "forged"}, "head0") == "unknown_walk"
    assert hall.code(LEDGER, {**said, "matter": "forged"}, "head0") == "unknown_matter"
    assert hall.code(LEDGER, {**said, "matter": booked}, "head0") == "not_taken_up"
    assert hall.code(LEDGER, {**said, "matter": booked, "walk": walk}, "head0") == "invalid"
    hall.must("POST", f"/receptions/bookings/{booked}/end", {"how": "point", "outcome": ""}, "head0")
    assert hall.code(LEDGER, {**said, "matter": booked}, "head0") == "not_taken_up"
    page(hall, f"/receptions/findings/new?walk={walk}", "head1", 404)
    page(hall, f"/receptions/findings/new?matter={booked}", "head1", 404)
    other = "/sites/xixian/rotas/banks/findings"
    hall.mondays.must("PUT", "/sites/xixian/rotas/banks", hall.mondays.rota(name="行长接待"))
    assert hall.code(other, {**said, "walk": walk}, "head0") == "other_rota"


def test_M7_the_database_itself_keeps_walk_and_matter_of_the_same_rota_and_session(
    hall: Reception, ledger: Findings, app: Flask
) -> None:
    walk, matter = walked(hall), taken(hall)
    for said in ({"walk": walk, "step": 1}, {"matter": matter}):
        ledger.mondays.must("POST", LEDGER, {"title": TITLE, **said}, "head0")
    hall.mondays.must("PUT", "/sites/xixian/rotas/banks", hall.mondays.rota(name="行长接待"))
    banks = select(Rota.id).where(Rota.code == "banks").scalar_subquery()
    other = select(Walk.session_id + 1).limit(1).scalar_subquery()
    of_walk, of_matter = Finding.walk_id.is_not(None), Finding.matter_id.is_not(None)
    for where, values in (
        (of_walk, {"rota_id": banks}),
        (of_walk, {"session_id": other}),
        (of_walk, {"walk_step": 77}),
        (of_walk, {"source": "sit"}),
        (of_walk, {"walk_id": None}),
        (of_matter, {"rota_id": banks}),
        (of_matter, {"session_id": other}),
        (of_matter, {"session_id": None}),
        (of_matter, {"source": "other"}),
        (of_matter, {"matter_id": select(HardMatter.id + 5).limit(1).scalar_subquery()}),
    ):
        change = update(Finding).where(where).values(**values)
        refused(app, change)
