"""Results leave the hall: the clerk's page, the tablet in front of the citizen, and the page behind the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from hall import tokens
from tests import applications
from tests.browser.calling import Staffed
from tests.browser.clerks import press
from tests.intake_at_work import Clerk as Taker
from tests.results_at_work import BUNDLE, change, deferred, noticed, ready, received

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

    Axe = Callable[[Page], None]

W12 = "xixian-12"
RESULTS = (
    "营业执照",
    "公章刻制备案回执",
    "税务登记回执",
    "社会保险登记证",
    "医疗保险登记证",
    "住房公积金登记证",
)


@dataclass(slots=True)
class Results:
    """A served hall whose cases are brought where a test wants them, past all rules."""

    hall: LiveHall
    app: Flask
    taker: Taker

    def take(self, **entries: Any) -> list[dict[str, Any]]:
        """The cases of a form just received, with the receipt's code."""
        self.taker.ask(f"/windows/{self.taker.window}/finish", {"outcome": "received", "items": []})
        return list(received(self.taker, **entries)["cases"])

    def receipt(self, case: dict[str, Any]) -> str:
        """The short code on the receipt."""
        from sqlalchemy import select  # noqa: PLC0415 - with the product, which many tests never load

        from hall.database import db  # noqa: PLC0415
        from hall.intake.models import Case, Filing  # noqa: PLC0415

        with self.app.app_context():
            wanted = select(Filing.nonce).join(Case, Case.filing_id == Filing.id)
            nonce = db.session.scalar(wanted.where(Case.number == case["number"]))
            assert nonce is not None
            return tokens.short_code(self.app.config["HALL"].keys.tokens, "receipt", nonce)


@pytest.fixture(scope="module")
def results(shared_hall: LiveHall) -> Iterator[Results]:
    with applications.beside(shared_hall) as app:
        yield Results(shared_hall, app, Taker(app.test_client(), shared_hall.demo))


def signed_in(page: Page, hall: LiveHall, window: str = W12) -> Page:
    """The clerk of a window, at the list of results."""
    person = next(row for row in hall.demo["staff"] if row["window"] == window)
    page.goto("/sign-in")
    page.fill("[name=user]", person["user"])
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def joined(clerk: Page, tablet: Page) -> Page:
    """The tablet belongs to the clerk's window now."""
    clerk.goto("/issuing/tablet")
    with clerk.expect_navigation():  # a tablet joined before shows its old code until then
        clerk.locator("main form button").click()
    code = clerk.locator(".tablet-shown-code").inner_text()
    tablet.goto("/pad")
    tablet.fill("[name=code]", code)
    tablet.locator("main button").click()
    expect(tablet.locator("#stage-waiting")).to_be_visible()
    return tablet


def stroke(page: Page) -> None:
    """Draw with a finger, as the glass reports it."""
    box = page.locator("#signature").bounding_box()
    assert box
    glass = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in points]
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", (120, 60))
    for step in range(1, 12):
        touch("touchMove", (120 + 40 * step, 60 + (70 if step % 2 else 0)))
    touch("touchEnd")


def test_the_issue_window_calls_begins_and_finishes_by_keys_alone(
    results: Results, open_page: OpenPage, axe: Axe
) -> None:
    case, *_others = results.take(item="411528-SCJG-001", name="按键取件人")
    ready(results.app, case["number"], result_name="营业执照")
    staffed = Staffed(results.hall)
    staffed.at(W12, "open")
    clerk = signed_in(open_page("console"), results.hall)
    clerk.goto("/issuing")
    press(clerk, "Alt+n")
    expect(clerk.locator("#turn-said")).to_have_text("现在没有人等候领取。")
    number = staffed.draw("xixian-l")["number"]
    press(clerk, "Alt+n")
    expect(clerk.locator(".ticket-number")).to_have_text(number)
    expect(clerk.locator("#turn")).to_contain_text("已到窗口")
    axe(clerk)
    press(clerk, "Alt+n")
    expect(clerk.locator("#turn")).to_contain_text("完成")
    press(clerk, "Alt+1")
    expect(clerk.locator("#hand-over")).to_be_visible()
    press(clerk, "Alt+n")
    expect(clerk.locator(".issuing-window")).to_contain_text("本窗口现在没有人")
    staffed.at(W12, "close")


def test_I6_I7_a_whole_collection_is_called_found_signed_on_the_tablet_and_handed_over(
    results: Results, open_page: OpenPage, axe: Axe
) -> None:
    cases = results.take(bundle=BUNDLE, name="息县测试农产品有限公司")
    for case, name in zip(cases, RESULTS, strict=False):
        ready(results.app, case["number"], result_name=name)
    staffed = Staffed(results.hall)
    number = staffed.draw("xixian-l")["number"]
    staffed.at(W12, "open")
    staffed.at(W12, "call-next")
    clerk = signed_in(open_page("console"), results.hall)
    tablet = joined(clerk, open_page("tablet"))
    axe(clerk)
    axe(tablet)
    clerk.goto("/issuing")
    expect(clerk.locator(".issuing-window")).to_contain_text(number)
    axe(clerk)
    clerk.fill("#field-q", results.receipt(cases[0]))
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".issuing-table tbody tr")).to_have_count(len(cases))
    expect(clerk.locator("html")).to_have_attribute("data-keys", "on")
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#hand-over [name=also]:checked")).to_have_count(len(cases) - 1)
    expect(clerk.locator("[name=receipt]")).to_be_focused()
    clerk.keyboard.type(results.receipt(cases[0]))
    axe(clerk)
    expect(clerk.locator("#tablet")).to_have_attribute("data-state", "ready")
    clerk.keyboard.press("F9")
    expect(tablet.locator("#results li")).to_have_count(len(cases))
    expect(tablet.locator("#results")).to_contain_text("公章刻制备案回执")
    expect(tablet.locator("#signer")).to_have_text("息县测试农产品有限公司")
    expect(clerk.locator("#tablet")).to_have_attribute("data-state", "shown")
    axe(tablet)
    tablet.locator("#done").tap()
    expect(tablet.locator("#pad-said")).to_have_text("请先签名，再按“签好了”。")
    stroke(tablet)
    expect(tablet.locator("#pad-hint")).to_be_hidden()
    tablet.locator("#clear").tap()
    expect(tablet.locator("#pad-hint")).to_be_visible()
    stroke(tablet)
    tablet.locator("#done").tap()
    expect(tablet.locator("#stage-thanks")).to_be_visible()
    axe(tablet)
    expect(clerk.locator("#tablet")).to_have_attribute("data-state", "signed")
    expect(clerk.locator("#tablet-drawn")).to_be_visible()
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator(".issuing-signature")).to_be_visible()
    axe(clerk)
    phone = open_page("phone")
    phone.goto(f"/case/{cases[0]['token']}")
    expect(phone.locator(".now")).to_have_text(["已领取"] * len(cases))


@pytest.mark.expected_errors(r"ERR_INTERNET_DISCONNECTED", r"status of 422")
def test_a_tablet_without_the_hall_says_so_and_keeps_what_was_drawn(
    results: Results, open_page: OpenPage, axe: Axe
) -> None:
    (case,) = results.take(name="张建国")
    ready(results.app, case["number"])
    clerk = signed_in(open_page("console"), results.hall)
    tablet = joined(clerk, open_page("tablet"))
    clerk.goto(f"/issuing/{case['token']}")
    expect(clerk.locator("#tablet")).to_have_attribute("data-state", "ready")
    clerk.keyboard.press("F9")
    expect(tablet.locator("#results li")).to_have_count(1)
    stroke(tablet)
    tablet.context.set_offline(True)
    expect(tablet.locator("#lost")).to_be_visible()
    tablet.locator("#done").tap(force=True)  # it says that it cannot, and can be pressed
    expect(tablet.locator("#pad-said")).to_have_text("还没有连上服务器，请稍候。")
    axe(tablet)
    tablet.context.set_offline(False)
    expect(tablet.locator("#lost")).to_be_hidden()
    tablet.locator("#done").tap()
    expect(tablet.locator("#stage-thanks")).to_be_visible()
    expect(clerk.locator("#tablet")).to_have_attribute("data-state", "signed")
    clerk.fill("[name=receipt]", "411528-2026-999999")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator("#error-summary")).to_be_focused()
    expect(clerk.locator("#tablet"), "the signature outlives a wrong receipt").to_have_attribute(
        "data-state", "signed"
    )
    axe(clerk)
    clerk.fill("[name=receipt]", case["number"])
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator(".issuing-signature")).to_be_visible()


def test_I7_the_search_says_why_a_result_is_not_here_and_what_is_to_be_posted_stands_apart(
    results: Results, open_page: OpenPage, axe: Axe
) -> None:
    (waiting,) = results.take(name="王桂兰")
    deferred(results.app, waiting["number"], date(2026, 12, 4))
    (posted,) = results.take(name="孙磊", delivery="post", address="息县谯楼街道 1 号")
    ready(results.app, posted["number"])
    clerk = signed_in(open_page("console"), results.hall)
    clerk.goto("/issuing")
    clerk.fill("#field-q", waiting["number"])
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".issuing-elsewhere")).to_contain_text("容缺材料尚未补齐")
    axe(clerk)
    clerk.goto("/issuing?only=post")
    expect(clerk.locator(".issuing-table tbody tr")).to_have_count(1)
    expect(clerk.locator("html")).to_have_attribute("data-keys", "on")
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Enter")
    clerk.fill("[name=tracking]", "EMS 1234 5678 9CN")
    axe(clerk)
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".issuing-story")).to_contain_text("EMS123456789CN")
    clerk.fill("[name=note]", "无人签收")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#hand-over")).to_be_visible()
    clerk.goto("/issuing")
    clerk.fill("#field-q", "nobody-of-this-name")
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".empty")).to_be_visible()
    axe(clerk)


@pytest.mark.expected_errors(r"status of 404")
def test_I9_the_receipt_s_page_tells_each_stage_in_words_without_scripts_in_both_languages_and_large(
    results: Results, open_page: OpenPage, axe: Axe
) -> None:
    stages: list[tuple[dict[str, Any], str, str]] = []
    (case,) = results.take()
    stages.append((case, "已收件", "目前不需要您做什么"))
    (case,) = results.take()
    noticed(results.app, case["number"])
    stages.append((case, "需要补正材料", "请补正材料"))
    (case,) = results.take()
    deferred(results.app, case["number"], None)
    stages.append((case, "已受理", "还有材料需要您补交"))
    (case,) = results.take()
    ready(results.app, case["number"], decision="refused")
    stages.append((case, "可领取", "12号窗口"))
    (case,) = results.take()
    change(results.app, case["number"], state="withdrawn")
    stages.append((case, "已撤回", "本次办理已经结束"))
    plain = open_page("phone", java_script_enabled=False)
    phone = open_page("phone")
    for case, now, call in stages:
        plain.goto(f"/case/{case['token']}")
        expect(plain.locator(".now")).to_have_text(now)
        expect(plain.locator(".case-next")).to_contain_text(call)
        phone.goto(f"/case/{case['token']}")
        axe(phone)
    for key in ("[name=elder][value='1']", "[name=lang][value=en]"):
        phone.locator(key).click()
        expect(phone.locator(".way li")).to_have_count(2)
        axe(phone)
    expect(phone.locator(".now")).to_have_text("Withdrawn")
    expect(phone.locator(".case-slips a")).to_contain_text("Ticket")
    wide, room = phone.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room
    phone.goto(f"/case/{stages[0][0]['token'][:-1]}_")
    expect(phone.locator("h1")).to_be_visible()
    axe(phone)
