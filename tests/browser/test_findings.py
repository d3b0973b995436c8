"""A finding from the phone that found it to its close-out; a bulletin from its draft to the Word document (M7, M8)."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from docx import Document
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff
from hall.rota.demo import CODE
from hall.rota.hours import all_hours
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaPlace, RotaSession, Seat
from hall.rota.presence.models import Absence
from hall.rota.rules import quarter
from hall.unit_of_work import units
from tests import applications
from tests.browser.pictures import keep
from tests.findings_at_work import photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from sqlalchemy.orm import Session

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

TITLE = "取号机纸张用完无人更换"
LEDGER = "/receptions/findings"


@pytest.fixture
def beside(live_server: LiveHall) -> Iterator[Flask]:
    """The same hall from inside: a second manager, and what time would do."""
    with applications.beside(live_server) as app:
        with app.app_context():
            units().run(second_manager)
        yield app


def second_manager(session: Session) -> None:
    first = session.scalars(select(Staff).where(Staff.user == "manager")).one()
    session.add(
        Staff(
            site_id=first.site_id,
            user="second",
            name="李主任",
            role="manager",
            password_hash=first.password_hash,
            session_nonce=tokens.new_nonce(),
        )
    )


def last_held(session: Session) -> date:
    """A day that is over, on which the first head of the demo's Mondays was expected and nobody came."""
    rota = session.scalars(select(Rota).where(Rota.code == CODE)).one()
    taken = set(session.scalars(select(RotaSession.held_on).where(RotaSession.rota_id == rota.id)))
    taken |= set(session.scalars(select(RotaSession.due_on).where(RotaSession.rota_id == rota.id)))
    today = clock.now().date() - timedelta(days=1)  # over wherever the business day stands
    day = next(today - timedelta(days=ago) for ago in range(1, 9) if today - timedelta(days=ago) not in taken)
    held = RotaSession(
        rota_id=rota.id, state="published", due_on=day, held_on=day, signup_until=day, publish_on=day,
        published_at=clock.now(), **all_hours(rota),
    )  # fmt: skip
    session.add(held)
    session.flush()
    place = session.scalars(
        select(RotaPlace).where(RotaPlace.rota_id == rota.id, RotaPlace.part == "am")
    ).first()
    head = session.scalars(
        select(RotaPerson)
        .join(RotaBody, RotaBody.id == RotaPerson.body_id)
        .where(RotaBody.rota_id == rota.id, RotaPerson.post == "head")
        .order_by(RotaPerson.id)
    ).first()
    assert place and head
    seat = Seat(session_id=held.id, window_id=place.window_id, part="am")
    session.add(seat)
    session.flush()
    duty = Duty(
        seat_id=seat.id, session_id=held.id, body_id=head.body_id, person_id=head.id, state="confirmed",
        basis="signed", quarter=quarter(day), matters="企业登记", made_at=clock.now(),
    )  # fmt: skip
    session.add(duty)
    session.flush()
    session.add(Absence(duty_id=duty.id, state="found", found_at=clock.now()))
    return day


def turns(session: Session, day: date) -> list[int]:
    missing = select(Absence.duty_id).join(Duty, Duty.id == Absence.duty_id)
    return list(session.scalars(missing.join(RotaSession).where(RotaSession.held_on == day)))


def enter(open_page: OpenPage, hall: LiveHall, user: str, surface: str, path: str) -> Page:
    known = "manager" if user == "second" else user
    person = next(row for row in hall.demo["staff"] if row["user"] == known)
    page = open_page(surface, hall=hall)
    page.goto("/sign-in")
    page.fill("[name=user]", user)
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    page.goto(path)
    return page


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the window."


def test_M7_found_assigned_evidence_verified_by_another_closed(
    beside: Flask, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    director = enter(open_page, live_server, "director01", "phone", LEDGER)
    axe(director)
    fits(director)
    director.get_by_role("link", name="登记问题").first.click()
    director.fill("[name=title]", TITLE)
    director.fill("[name=detail]", "上午九点到十点，一号取号机没有纸。")
    director.fill("[name=citizen]", "欧阳小明")
    director.fill("[name=phone]", "13800004321")
    axe(director)
    fits(director)
    keep(director, "finding-new-phone", whole=True)
    director.click("button:has-text('记入台账')")
    expect(director.locator("h1")).to_have_text(TITLE)
    director.set_input_files(
        "[name=evidence-file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    director.click("#act-evidence button")
    expect(director.locator(".evidence img")).to_be_visible()
    address = director.url

    manager = enter(open_page, live_server, "manager", "console", LEDGER)
    manager.get_by_role("link", name=TITLE).click()
    axe(manager)
    option = manager.locator("[name=assign-owner] option", has_text="·").nth(4)
    manager.select_option("[name=assign-owner]", option.get_attribute("value"))
    manager.click("#act-assign button")
    expect(manager.locator(".case-stand")).to_contain_text("整改中")
    keep(manager, "finding-assigned", whole=True)
    large: FilePayload = {
        "name": "large.jpg",
        "mimeType": "image/jpeg",
        "buffer": b"\xff\xd8\xff" * (3 << 20),
    }
    manager.set_input_files("[name=evidence-file]", large)
    said = manager.locator("[name=evidence-file]").evaluate("field => field.validationMessage")
    assert "8 MB" in said
    evidence: FilePayload = {
        "name": "done.jpg",
        "mimeType": "image/jpeg",
        "buffer": photo(size=(900, 600), tint=20),
    }
    manager.set_input_files("[name=evidence-file]", evidence)
    manager.click("#act-evidence button")
    manager.fill("[name=rectify-note]", "已安排专人每小时巡检。")
    manager.click("#act-rectify button")
    expect(manager.locator(".case-acts")).not_to_contain_text("核验通过")

    second = enter(open_page, live_server, "second", "console", address)
    second.fill("[name=verify-note]", "现场看过，纸已换。")
    axe(second)
    second.click("#act-verify button")
    second.get_by_label("满意", exact=True).check()
    second.click("#act-call-back button")
    second.click("#act-close button")
    expect(second.locator(".case-stand")).to_contain_text("已销号")
    axe(second)
    keep(second, "finding-closed", whole=True)
    director.reload()
    expect(director.locator(".case-stand")).to_contain_text("已销号")
    axe(director)
    fits(director)
    keep(director, "finding-closed-phone", whole=True)


@pytest.mark.expected_errors("409", "403")
def test_M8_draft_edited_signed_off_frozen_and_word(
    beside: Flask, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    with beside.app_context():
        day = units().run(last_held)
        missing = units().run(lambda session: turns(session, day))
    manager = enter(open_page, live_server, "manager", "console", "/receptions/bulletins")
    axe(manager)
    for name in ("first", "last"):
        manager.fill(f"[name={name}]", day.isoformat())
    manager.click("button:has-text('按记录起草')")
    expect(manager.locator(".bulletin-checks .badge.late")).to_have_count(2)
    manager.fill("[name=title]", "关于近期活动情况的通报")
    manager.click("button:has-text('保存')")
    axe(manager)
    keep(manager, "bulletin-draft", whole=True)

    second = enter(open_page, live_server, "second", "console", manager.url)
    second.click("button:has-text('签发并固定')")
    expect(second.locator("#error-summary")).to_contain_text("尚未与单位核实")
    keep(second, "bulletin-unchecked", whole=True)
    for duty in missing:
        for verb, body in (("ask", None), ("explain", {"reason": "not_told", "said": ""}), ("accept", {})):
            answer = ask(live_server, f"/duties/{duty}/absence/{verb}", body)
            assert answer.status_code == 200, answer.text
    second.click("button:has-text('重新取数')")
    second.click("button:has-text('签发并固定')")
    expect(second.locator(".bulletin h1")).to_have_text("关于近期活动情况的通报")
    expect(second.locator(".bulletin")).to_contain_text("未到岗、经说明不计缺席")
    axe(second)
    keep(second, "bulletin-frozen", whole=True)

    public = open_page("phone")
    public.goto("/receptions/bulletins")
    axe(public)
    public.get_by_role("link", name="关于近期活动情况的通报").click()
    axe(public)
    fits(public)
    keep(public, "bulletin-phone", whole=True)
    with public.expect_download() as waited:
        public.get_by_role("link", name="Word 文档").click()
    with waited.value.path().open("rb") as file:
        said = [paragraph.text for paragraph in Document(io.BytesIO(file.read())).paragraphs]
    assert "关于近期活动情况的通报" in said
    shown = public.locator(".bulletin-digest code").inner_text()
    assert any(shown in line for line in said)


def ask(hall: LiveHall, path: str, body: dict[str, str] | None) -> requests.Response:
    token = next(row["token"] for row in hall.demo["staff"] if row["user"] == "manager")
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{hall.url}/api/v1{path}", json=body, headers=headers, timeout=30)
