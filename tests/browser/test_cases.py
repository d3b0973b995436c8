"""The department's pages in a browser: inbox and case for everybody, whole at a narrow width, two reviewers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_documents_on_paper import behind, go
from tests.browser.test_every_page import arrive, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.conftest import OpenPage
    from tests.cases_at_work import Behind
    from tests.servers import LiveHall

BUNDLE = "xixian-company-start"


@pytest.fixture
def hall(live_server: LiveHall) -> Iterator[Behind]:
    """People at work behind what the browser sees."""
    with behind(live_server) as found:
        yield found


@pytest.mark.expected_errors(r"status of (409|422)")
def test_E1_I6_inbox_and_case_are_for_everybody_and_of_two_reviewers_the_second_is_told(
    hall: Behind, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall.add_procedure("专家评审", 10)
    bundle = hall.received(bundle=BUNDLE)
    stopped, noticed = hall.received(), hall.received({"firm": "missing"})
    go(hall, stopped, "accept")
    go(hall, stopped, "stop-clock", procedure="专家评审", told=True, planned_days=3)
    missing = next(row for row in noticed["papers"] if row["state"] == "missing")
    line = {"paper": missing["id"], "material": missing["name"], "problem": "未签字", "wanted": "签字的原件"}
    go(hall, noticed, "notice", lines=[line], term_days=5)
    first = arrive(open_page("tablet", hall=live_server), live_server, "review-scjg", "en")
    look(first, "/inbox", "en", axe)
    expect(first.locator("tr[data-light]")).to_have_count(3)
    for case in (stopped, noticed, bundle):
        look(first, f"/cases/{case['token']}", "en", axe)
    others = first.locator("ul.case-list li", has_text="411528-2026-")
    expect(others).to_have_count(5)
    expect(others.locator("a"), "cases of other departments are told, not opened").to_have_count(0)
    second = arrive(open_page("console", hall=live_server), live_server, "second-scjg", "zh")
    second.goto(f"/cases/{bundle['token']}")
    for page in (first, second):
        page.locator("form[action$='/accept'] button").click()
    expect(first.locator(".toast, .flash, [role=status]").first).to_be_attached()
    expect(second.locator(".summary[role=alert], #summary, .summary").first).to_be_visible()
    axe(second)
    second.goto(f"/cases/{bundle['token']}")
    second.locator("form[action$='/decide'] button").click()
    expect(second.locator("#field-decide-decision, [id^=error-decide-decision]").first).to_be_visible()
    axe(second)
    clerk = arrive(open_page("console", hall=live_server), live_server, "clerk01", "zh")
    look(clerk, f"/cases/{bundle['token']}", "zh", axe)
    clerk.locator("ul.case-list li a", has_text="公章").click()
    expect(clerk.locator("h1")).to_contain_text("公章")
    expect(clerk.locator("ul.case-list li a", has_text="公司设立登记")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_E1_supervision_with_cases_in_it_is_for_everybody(
    hall: Behind, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None], lang: str
) -> None:
    noticed, granted = hall.received({"firm": "missing"}), hall.received()
    hall.received(bundle=BUNDLE)
    missing = next(row for row in noticed["papers"] if row["state"] == "missing")
    line = {"paper": missing["id"], "material": missing["name"], "problem": "未签字", "wanted": "签字的原件"}
    go(hall, noticed, "notice", lines=[line], term_days=5)
    go(hall, noticed, "supplement", papers=[{"id": missing["id"], "state": "present"}])
    for verb, body in (("accept", {}), ("decide", {"decision": "granted"}), ("make-ready", {"number": "X"})):
        go(hall, granted, verb, **body)
    manager = arrive(open_page("console", hall=live_server), live_server, "manager", lang)
    for path in ("/measures?by=item", "/measures?by=bundle", "/platform", "/deadlines"):
        look(manager, path, lang, axe)
    expect(manager.locator("main table").first).to_be_visible()
    reviewer = arrive(open_page("console", hall=live_server), live_server, "review-scjg", lang)
    reviewer.goto(f"/cases/{noticed['token']}")
    reviewer.locator("summary", has_text={"zh": "退回", "en": "Turn papers back"}[lang]).click()
    reviewer.locator("[name^=turn-back-line]").first.check()
    axe(reviewer)
    clerk = arrive(open_page("console", hall=live_server), live_server, "clerk01", lang)
    look(clerk, "/issuing", lang, axe)
    phone = open_page("phone", hall=live_server)
    phone.goto(f"/case/{granted['token']}")
    axe(phone)
