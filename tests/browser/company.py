"""Those who take part in the opening of a company, each in front of a browser of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.clerks import Clerk
from tests.browser.pictures import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

BUNDLE, LICENCE = "xixian-company-start", "411528-SCJG-001"
AGENT = "11010519491231002X"
CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
STAGES = ("received", "accepted", "decided", "ready", "delivered")


def signed_in(open_page: OpenPage, hall: LiveHall, user: str, surface: str = "desk") -> Page:
    """Somebody's browser, signed in."""
    person = next(row for row in hall.demo["staff"] if row["user"] == user)
    page = open_page(surface, hall=hall)
    page.goto("/sign-in")
    page.fill("[name=user]", user)
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


@dataclass(frozen=True, slots=True)
class CasePage:
    """A colleague who looks at one case."""

    page: Page

    def form(self, verb: str) -> Locator:
        """The form of one command, unfolded."""
        form = self.page.locator(f"form[action$='/{verb}']")
        around = self.page.locator("details", has=form)
        expect(around, f"{verb} is offered").to_have_count(1)
        if around.get_attribute("open") is None:
            around.locator("summary").click()
        return form

    def send(self, verb: str) -> None:
        """Press the button of the command's form, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.form(verb).locator("button").last.click()
        expect(self.page.locator(".summary")).to_have_count(0)

    def act(self, verb: str, **typed: str) -> None:
        """Fill in the fields of a command and give it; `yes` ticks a box."""
        form = self.form(verb)
        for name, text in typed.items():
            place = form.locator(f"[name='{verb}-{name}']")
            if text == "yes":
                place.check()
            elif place.first.get_attribute("type") == "radio":
                form.locator(f"[name='{verb}-{name}'][value='{text}']").check()
            elif place.evaluate("(at) => at.tagName") == "SELECT":
                place.select_option(text)
            else:
                place.fill(text)
        self.send(verb)

    def stands(self, state: str) -> None:
        """Where the case stands."""
        expect(self.page.locator(".case-stand")).to_have_attribute("data-state", state)

    def offered(self, verb: str, *, so: bool = True) -> None:
        """Whether this command is offered now."""
        expect(self.page.locator(f"form[action$='/{verb}']")).to_have_count(1 if so else 0)


@dataclass(slots=True)
class Company:
    """One opening of a company in a served demo hall."""

    open_page: OpenPage
    hall: LiveHall
    case: str = ""
    receipt: str = ""
    phone: Page | None = None
    clerks: dict[str, Clerk] = field(default_factory=dict)

    def draw(self, kiosk: Page, *touches: str) -> str:
        """Somebody draws at the kiosk: keys to touch, then what is wanted; answers the number."""
        kiosk.goto("/kiosk")
        expect(kiosk.locator("body")).to_have_attribute("data-server", "online")
        for touch in touches:
            kiosk.locator(touch).tap()
        with kiosk.expect_response("**/api/v1/tickets") as drawn:
            kiosk.locator("[data-key=draw]").tap()
        number = str(drawn.value.json()["number"])
        expect(kiosk.locator("[data-number]")).to_have_text(number)
        return number

    def clerk(self, number: str) -> Clerk:
        """The clerk of a window, at work there."""
        if number not in self.clerks:
            window = f"xixian-{number}"
            self.clerks[number] = Clerk.arrive(self.open_page, self.hall, window, f"clerk{number}").at_work()
        return self.clerks[number]

    def follow(self, stage: str, case: int = 0) -> Page:
        """The applicant's page, read anew: where a case of the form stands."""
        if self.phone is None:
            self.phone = self.open_page("phone", hall=self.hall)
        self.phone.goto(f"/case/{self.case}")
        way = self.phone.locator("section.case").nth(case).locator(".way li")
        expect(way.nth(STAGES.index(stage))).to_have_attribute("aria-current", "step")
        return self.phone

    def found(self, page: Page, what: str) -> CasePage:
        """A colleague finds the case by what is shown."""
        page.goto("/cases")
        page.fill("[name=what]", what)
        page.keyboard.press("Enter")
        expect(page.locator("#found, .case-stand").first).to_be_visible()
        if page.locator("#found").count():
            page.locator(f"a[href='/cases/{self.case}']").click()
        expect(page.locator(".case-stand")).to_be_visible()
        return CasePage(page)


def fill_in(page: Page) -> None:
    """The company has no number yet; its agent has one, and a mandate."""
    page.check("#party-organisation")
    page.select_option("#field-number_kind", "none_yet")
    page.fill("#field-name", "息县淮河湾农产品有限公司")
    page.fill("#field-phone", "13800000000")
    page.check("#with-agent")
    page.fill("#field-agent_name", "测试甲")
    page.fill("#field-agent_number", AGENT)
    page.fill("#field-mandate_scope", "办理企业开办全部手续，领取结果")
    expect(page.locator("#said-agent_number")).to_contain_text("校验通过")
    page.check("#collect-piecewise")


def come_back(kiosk: Page, back: str) -> None:
    """The code on the notice gives the old place back."""
    kiosk.goto("/kiosk")
    expect(kiosk.locator("body")).to_have_attribute("data-server", "online")
    kiosk.locator("[data-key=return]").tap()
    for sign_ in back.replace("-", ""):
        kiosk.locator(f"[data-key='{sign_}']").tap()
    keep(kiosk, "intake-return")
    kiosk.locator("[data-key=come-back]").tap()
    expect(kiosk.locator("[data-number]")).to_be_visible()


def finish(page: Page) -> None:
    """Back to the console, where the service ends."""
    page.goto("/console")
    expect(page.locator("#next")).to_have_attribute("data-verb", "finish")
    expect(page.locator("#next")).to_be_enabled()
    page.keyboard.press("f")
    expect(page.locator("#next")).to_have_attribute("data-verb", "call-next")
    expect(page.locator("#next")).to_be_enabled()


def join_tablet(company: Company, page: Page) -> Page:
    """The window's tablet, by the code that the clerk's page shows."""
    page.goto("/issuing/tablet")
    with page.expect_navigation():
        page.locator("main form button").click()
    code = CODE.search(page.locator(".tablet-shown-code").inner_text())
    assert code
    tablet = company.open_page("tablet", hall=company.hall)
    tablet.goto("/pad")
    tablet.fill("[name=code]", code.group())
    tablet.keyboard.press("Enter")
    expect(tablet.locator("body")).to_have_attribute("data-stage", "waiting")
    return tablet


def sign(tablet: Page, axe: Callable[[Page], None]) -> None:
    """A signature drawn on the tablet under what is collected."""
    expect(tablet.locator("body")).to_have_attribute("data-stage", "signing")
    axe(tablet)
    box = tablet.locator("#signature").bounding_box()
    assert box
    tablet.mouse.move(box["x"] + 60, box["y"] + 90)
    tablet.mouse.down()
    for step in range(1, 9):
        tablet.mouse.move(box["x"] + 60 + 60 * step, box["y"] + 90 + (70 if step % 2 else 0))
    tablet.mouse.up()
    keep(tablet, "intake-tablet")
    tablet.locator("#done").tap()
    expect(tablet.locator("body")).to_have_attribute("data-stage", "thanks")
