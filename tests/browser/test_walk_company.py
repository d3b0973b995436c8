"""A company is opened: from the kiosk to the licence in hand, on every surface (I1 to I9).

One paper comes later, one is asked for by the one-time notice, brought wrongly and refused, then brought right; the
clock stops once; two pairs of eyes decide. With `HALL_PICTURES` steps are kept for the guides (`make pictures`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.company import (
    BUNDLE,
    CODE,
    LICENCE,
    CasePage,
    Company,
    come_back,
    fill_in,
    finish,
    join_tablet,
    sign,
    signed_in,
)
from tests.browser.pictures import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.conftest import StartHall

    Axe = Callable[[Page], None]


def ask_for_a_second_pair_of_eyes(company: Company) -> None:
    """The manager says so on the item's page."""
    page = signed_in(company.open_page, company.hall, "manager")
    page.goto(f"/admin/items?q={LICENCE}")
    page.locator("table a").first.click()
    page.locator("[name=second_review]").check()
    with page.expect_navigation():
        page.locator("main form button[type=submit], main form button").last.click()


def take_in(company: Company, axe: Axe) -> None:
    """The window takes the bundle in: an agent with a mandate came, one paper is to come later."""
    kiosk = company.open_page("kiosk", hall=company.hall)
    number = company.draw(
        kiosk, "[data-key=situation]", "[data-item=business]", f"[data-item='bundle:{BUNDLE}']"
    )
    keep(kiosk, "intake-kiosk")
    clerk = company.clerk("09")
    clerk.press("n", "start")
    clerk.number(number)
    clerk.press("s", "finish")
    page = clerk.page
    page.keyboard.press("i")
    expect(page.locator("#field-name")).to_be_focused()
    fill_in(page)
    page.locator("#papers li", has_text="住所").locator("[value=deferred]").check()
    page.keyboard.press("F8")
    page.keyboard.press("a")
    expect(page.locator("#papers-left")).to_have_text("材料已全部核对")
    expect(page.locator("#saved")).to_have_attribute("data-state", "online")
    axe(page)
    keep(page, "intake-form")
    page.keyboard.press("Control+Enter")
    cases = page.locator(".form-received li")
    expect(cases).to_have_count(6)
    axe(page)
    company.case = str(cases.first.get_attribute("data-case"))
    read_receipt(company, page, axe)
    page.keyboard.press("b")
    expect(page.locator("#next")).to_have_attribute("data-verb", "finish")
    expect(page.locator("#next")).to_be_enabled()
    page.keyboard.press("e")
    expect(page.locator("#dialog-finish [value=received]")).to_be_checked()
    page.locator("#dialog-finish button[type=submit], #dialog-finish .primary").last.click()
    clerk.ready("call-next")


def read_receipt(company: Company, page: Page, axe: Axe) -> None:
    """The receipt is looked at, printed and counted; its code is on it."""
    with page.expect_popup() as opened:
        page.locator(".form-received a[href$='/receipt']").click()
    paper = opened.value
    expect(paper.locator(".sheet")).to_have_count(1)
    axe(paper)
    paper.emulate_media(media="screen")
    paper.evaluate("() => { window.print = () => {}; }")
    keep(paper, "intake-receipt", whole=True)
    code = CODE.search(paper.locator("main").inner_text())
    assert code
    company.receipt = code.group()
    paper.close()


def ask_for_the_articles(company: Company, reviewer: Page, axe: Axe) -> tuple[CasePage, str]:
    """The department takes the case up and asks, once, for everything missing; answers the notice's return code."""
    reviewer.goto("/inbox")
    axe(reviewer)
    keep(reviewer, "intake-inbox")
    reviewer.locator(f"a[href='/cases/{company.case}']").click()
    case = CasePage(reviewer)
    case.act("claim")
    case.offered("claim", so=False)
    form = case.form("notice")
    paper = form.locator("fieldset", has_text="章程")
    paper.locator("[type=checkbox]").check()
    paper.locator("[name^=notice-problem]").fill("缺少一名股东的签字")
    paper.locator("[name^=notice-wanted]").fill("请全体股东签字")
    paper.locator("[name^=notice-copies]").fill("原件 1 份")
    axe(reviewer)
    keep(reviewer, "intake-notice")
    case.send("notice")
    case.stands("correction")
    case.offered("accept", so=False)
    reviewer.goto(f"/cases/{company.case}/documents/notice")
    axe(reviewer)
    code = CODE.search(reviewer.locator("main").inner_text())
    assert code
    return case, code.group()


def bring(company: Company, back: str, *, right: bool) -> None:
    """The citizen is at the window with the paper; where it is not what was asked for, the window refuses it."""
    clerk = company.clerk("09")
    clerk.press("n", "start")
    clerk.press("s", "finish")
    case = company.found(clerk.page, back)
    form = case.form("supplement")
    form.locator("select").select_option("present" if right else "missing")
    form.locator("[name^=supplement-note]").fill("" if right else "签字的不是股东本人")
    if not right:
        keep(clerk.page, "intake-refused")
    case.send("supplement")
    case.stands("received" if right else "correction")
    finish(clerk.page)


def accept_with_deferral(company: Company, case: CasePage, axe: Axe) -> None:
    """The paper that may come later has its day; notice and undertaking can be printed."""
    case.page.goto(f"/cases/{company.case}")
    case.offered("notice", so=False)
    case.act("accept", deferral_days="1")
    case.stands("accepted")
    for kind in ("acceptance", "undertaking"):
        case.page.goto(f"/cases/{company.case}/documents/{kind}")
        expect(case.page.locator(".sheet").first).to_be_visible()
        axe(case.page)
        keep(case.page, f"intake-{kind}", whole=True)
    case.page.goto(f"/cases/{company.case}")


def stop_and_go_on(company: Company, case: CasePage) -> None:
    """A special procedure stops the clock; the applicant sees it; then it runs again."""
    case.act("stop-clock", told="yes")
    case.stands("stopped")
    keep(company.follow("accepted"), "intake-stopped")
    case.act("resume-clock")
    case.stands("accepted")


def decide(case: CasePage, second: Page, axe: Axe) -> None:
    """One proposes, another confirms; the result waits for the deferred paper."""
    case.act("decide", decision="granted", reasons="材料齐全，符合法定形式")
    case.stands("proposed")
    case.offered("confirm", so=False)
    second.goto(case.page.url)
    axe(second)
    keep(second, "intake-confirm")
    other = CasePage(second)
    other.act("confirm")
    other.stands("decided")
    other.offered("make-ready", so=False)


def hand_in(company: Company) -> None:
    """The deferred paper comes to any window, found by the receipt."""
    case = company.found(company.clerk("09").page, company.receipt)
    case.offered("decide", so=False)
    case.act("hand-in")
    case.offered("hand-in", so=False)


def hand_over(company: Company, kiosk: Page, axe: Axe) -> None:
    """The issue window calls the number, finds the receipt, hands over against a signature on its tablet."""
    number = company.draw(kiosk, "[data-line=xixian-l]")
    clerk = company.clerk("12")
    clerk.press("n", "start")
    clerk.number(number)
    clerk.press("s", "finish")
    page = clerk.page
    tablet = join_tablet(company, page)
    page.goto("/issuing")
    axe(page)
    keep(page, "intake-ready")
    page.fill("#field-q", company.receipt)
    page.keyboard.press("Enter")
    expect(page.locator("#tablet")).to_have_attribute("data-state", "ready")
    page.locator("[name=receipt]").fill(company.receipt)
    page.locator("[name=taker][value=agent]").check()
    page.keyboard.press("F9")
    sign(tablet, axe)
    expect(page.locator("#tablet")).to_have_attribute("data-state", "signed")
    axe(page)
    keep(page, "intake-hand-over", whole=True)
    with page.expect_navigation():
        page.locator("#hand-over button.primary").click()
    expect(page.locator("#hand-over")).to_have_count(0)
    expect(page.locator("img.issuing-signature")).to_be_visible()
    axe(page)
    finish(page)


def test_I1_to_I9_a_company_is_opened_from_the_kiosk_to_the_licence_in_hand(
    start_hall: StartHall, open_page: OpenPage, axe: Axe
) -> None:
    company = Company(open_page, start_hall(PUBLIC_URL="http://hall.example"))
    ask_for_a_second_pair_of_eyes(company)
    take_in(company, axe)
    axe(company.follow("received"))
    kiosk = open_page("kiosk", hall=company.hall)

    reviewer = signed_in(open_page, company.hall, "review-scjg")
    case, back = ask_for_the_articles(company, reviewer, axe)
    asked = company.follow("received")
    expect(asked.locator("section.case").first).to_contain_text("请全体股东签字")
    keep(asked, "intake-asked")
    come_back(kiosk, back)
    bring(company, back, right=False)
    expect(company.follow("received").locator("section.case").first).to_contain_text("请全体股东签字")
    company.draw(kiosk, "[data-line=xixian-b]")
    bring(company, back, right=True)
    expect(company.follow("received").locator("section.case").first).not_to_contain_text("请全体股东签字")

    accept_with_deferral(company, case, axe)
    stop_and_go_on(company, case)
    decide(case, signed_in(open_page, company.hall, "second-scjg"), axe)
    hand_in(company)
    case.page.goto(f"/cases/{company.case}")
    case.act("make-ready", number="91411528MA00000001")
    case.stands("ready")
    axe(company.follow("ready"))
    hand_over(company, kiosk, axe)
    done = company.follow("delivered")
    axe(done)
    keep(done, "intake-done")
    expect(done.locator("a[href^='/t/']")).to_be_visible()
    expect(company.follow("received", 1), "The next department has its turn").to_have_url(done.url)
