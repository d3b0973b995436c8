"""H1: confidential matters, and what its holder must do in person, are left out of help; the manager keeps the list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Bundle, BundleItem, ServiceItem
from hall.database import db
from hall.helpers.models import HelpExclusion
from hall.journal import JournalEntry
from hall.unit_of_work import Work, perform
from tests.booking_at_work import BUNDLE, Front, tomorrow
from tests.booking_visitor import Visitor
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SECRET, IN_PERSON, PLAIN = "411528-ZRZY-007", "411528-MZJ-002", "411528-GAJ-010"


@pytest.fixture
def manager(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Manager:
    return Manager(app, client, demo)


@pytest.fixture
def front(app: Flask, demo: dict[str, Any]) -> Front:
    return Front(app.test_client(), demo).staffed("B01", "B03")


def kinds(app: Flask, code: str) -> set[str]:
    with app.app_context():
        wanted = select(HelpExclusion.kind).join(ServiceItem, ServiceItem.id == HelpExclusion.item_id)
        return set(db.session.scalars(wanted.where(ServiceItem.code == code)))


def told(app: Flask) -> list[str]:
    with app.app_context():
        wanted = select(JournalEntry.fact).where(JournalEntry.fact.in_(["help_excluded", "help_included"]))
        return list(db.session.scalars(wanted.order_by(JournalEntry.seq)))


def test_H1_the_demo_leaves_two_matters_out_and_the_page_says_why(manager: Manager) -> None:
    page = manager.get("helpers/excluded").text
    assert SECRET in page and IN_PERSON in page and "涉密" in page
    assert "/admin/helpers/excluded" in manager.get("helpers").text


@pytest.mark.parametrize("kind", ["assist", "agency", "home_visit"])
def test_H1_what_is_secret_is_booked_by_nobody_in_no_way(front: Front, kind: str) -> None:
    answer = front.hold(tomorrow(10), kind=kind, item=SECRET)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "kind_not_offered")
    assert "confidential" in answer.get_json()["detail"] and "kinds" not in answer.get_json()
    desk = front.hold(tomorrow(10), kind=kind, item=SECRET, who=front.token("reception"))
    assert desk.status_code == 409
    times = front.ask("GET", f"/sites/{front.site}/help/times?kind={kind}&item={SECRET}")
    assert times.status_code == 409


def test_H1_a_manager_leaves_a_matter_out_and_takes_it_in_again_on_record(
    app: Flask, manager: Manager
) -> None:
    front = Front(app.test_client(), manager.demo).staffed("B01")
    assert manager.post("helpers/excluded", matter=PLAIN, kind="agency", reason="in_person").status == 303
    assert kinds(app, PLAIN) == {"agency"}
    assert front.hold(tomorrow(10), kind="agency", item=PLAIN).status_code == 409
    assert front.hold(tomorrow(10), item=PLAIN).status_code == 201
    manager.post("helpers/excluded", matter="普通护照签发", kind="agency", reason="secret")
    assert kinds(app, PLAIN) == {"assist", "agency", "home_visit"}, "what is secret has no helper at all"
    assert manager.post("helpers/excluded", matter=PLAIN, kind="", reason="secret").status == 409
    page = manager.get("helpers/excluded").text
    for drop in re.findall(r'action="/admin/(helpers/excluded/\d+/drop)"', page):
        assert manager.post(drop, seen="helpers/excluded").status == 303
    assert kinds(app, PLAIN) == set() and kinds(app, SECRET) == set()
    assert front.hold(tomorrow(11), kind="agency", item=PLAIN).status_code == 201
    facts = told(app)
    assert facts[:4] == ["help_excluded"] * 4 and set(facts[4:]) == {"help_included"} and len(facts) == 11


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"matter": "护照", "kind": "", "reason": "secret"}, PLAIN),
        ({"matter": "", "kind": "", "reason": "secret"}, "编码"),
        ({"matter": PLAIN, "kind": "dance", "reason": "secret"}, "note bad"),
        ({"matter": PLAIN, "kind": "", "reason": "because"}, "note bad"),
    ],
)
def test_H1_what_the_manager_types_wrongly_is_told_and_kept(
    app: Flask, manager: Manager, fields: dict[str, str], said: str
) -> None:
    shown = manager.post("helpers/excluded", **fields)
    assert shown.status == 422 and said in shown.text
    assert f'value="{fields["matter"]}"' in shown.text
    assert kinds(app, PLAIN) == set()
    assert manager.post("helpers/excluded/99999/drop", seen="helpers/excluded").status == 404


def test_H1_the_search_leaves_it_out_and_says_so(app: Flask, demo: dict[str, Any]) -> None:
    public = Visitor(app.test_client())
    page = public.post("/book/matter?kind=agency", q="离婚").text
    assert f"item={IN_PERSON}" not in page and "不在此列" in page and "须本人" in page
    assert f"item={IN_PERSON}" in public.post("/book/matter?kind=assist", q="离婚").text
    page = public.post("/book/matter?kind=assist", q="不动产登记资料查询").text
    assert f"item={SECRET}" not in page and "不在此列" in page
    assert public.get(f"/book/time?kind=assist&item={SECRET}").status_code == 409


def first_item(work: Work, _none: None) -> str:
    wanted = (
        select(ServiceItem.code)
        .join(BundleItem, BundleItem.item_id == ServiceItem.id)
        .join(Bundle, Bundle.id == BundleItem.bundle_id)
        .where(Bundle.code == BUNDLE)
    )
    return str(work.session.scalars(wanted.order_by(ServiceItem.id)).first())


def test_H1_a_bundle_goes_with_its_items_and_what_is_booked_is_listed_and_not_moved(
    app: Flask, manager: Manager
) -> None:
    front = Front(app.test_client(), manager.demo).staffed("B01")
    booked = front.booked(tomorrow(10))
    with app.app_context():
        code = perform(SYSTEM_ACTOR, first_item, None)
    shown = manager.post("helpers/excluded", matter=code, kind="", reason="secret")
    assert "有 1 个预约须由工作人员" in shown.text
    assert f"bundle={BUNDLE}" not in app.test_client().get("/book/matter?kind=assist").text
    path, desk = f"/sites/{front.site}/bookings?orphaned=true", front.token("reception")
    (listed,) = front.ask("GET", path, who=desk).get_json()["bookings"]
    assert listed["token"] == booked["token"]
    body = {"starts_at": tomorrow(12).isoformat(), "revision": listed["revision"]}
    moved = front.ask("POST", f"/bookings/{booked['token']}/change", body, who=desk)
    assert (moved.status_code, moved.get_json()["code"]) == (409, "kind_not_offered")
    page = manager.get("helpers/excluded").text
    for drop in re.findall(r'action="/admin/(helpers/excluded/\d+/drop)"', page):
        manager.post(drop, seen="helpers/excluded")
    assert front.ask("GET", path, who=desk).get_json()["bookings"] == []


def test_H1_nobody_is_called_to_a_number_of_a_secret_matter(front: Front) -> None:
    kiosk = front.demo["kiosk"]["token"]
    ticket = front.ask("POST", "/tickets", {"item": SECRET}, who=kiosk).get_json()
    answer = front.ask("POST", "/help-calls", {"ticket": ticket["token"]})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "kind_not_offered")
    helper = next(row["token"] for row in front.demo["staff"] if row["user"] == "helper01")
    begun = front.ask("POST", "/helper/records", {"kind": "assist", "number": ticket["number"]}, who=helper)
    assert begun.get_json()["code"] == "kind_not_offered"
