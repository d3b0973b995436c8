"""Phones as they are: brought back from memory, without motor, without new inventions, two on one ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.calling import Staffed
from tests.browser.test_phone_page import UP_TO_DATE, opened

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

OLD_PHONE = "Object.defineProperty(SubmitEvent.prototype, 'submitter', {value: undefined});"
NO_MOTOR = """
delete Navigator.prototype.vibrate;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) {
  document.documentElement.dataset.rang = Number(document.documentElement.dataset.rang || 0) + 1;
  return start.call(this, when);
};
"""
BACK = "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


def serving(hall: Staffed, line: str) -> str:
    """A window with a clerk that serves this line."""
    staffed = {row["window"] for row in hall.hall.demo["staff"]}
    return next(
        str(row["code"])
        for row in hall.hall.demo["windows"]
        if line in row["lines"] and row["code"] in staffed
    )


def test_Q3_a_transferred_holder_follows_the_order_of_the_new_line(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    for _person in range(2):
        hall.draw("xixian-b")
    page = opened(open_page, hall.draw()["token"])
    hall.call("xixian-01")
    hall.at("xixian-01", "transfer", line="xixian-b")
    expect(page.locator("#ahead")).to_have_text("前面等候 2 人")
    hall.call(serving(hall, "xixian-b"))
    expect(page.locator("#ahead")).to_have_text("前面等候 1 人")


def test_two_phones_on_one_ticket_tell_the_same(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    token = hall.draw()["token"]
    one, other = opened(open_page, token), opened(open_page, token)
    one.get_by_text("不办了，退出排队").click()
    one.get_by_role("button", name="确认退出").click()
    for page in (one, other):
        expect(page.locator(".ticket-card")).to_have_attribute("data-state", "abandoned")


def test_an_old_phone_lets_as_many_go_first_as_were_chosen(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    token = hall.draw()["token"]
    for _person in range(5):
        hall.draw()
    page = open_page("phone")
    page.add_init_script(OLD_PHONE)
    page.goto(f"/t/{token}")
    page.wait_for_selector(UP_TO_DATE)
    page.locator("#box-later summary").click()
    page.locator("button[value='3']").click()
    expect(page.locator("#ahead")).to_have_text("前面等候 3 人")


def test_a_page_brought_back_from_memory_asks_anew(live_server: LiveHall, open_page: OpenPage) -> None:
    page = opened(open_page, Staffed(live_server).draw()["token"])
    with page.expect_response(lambda answer: answer.url.endswith("?part=1")) as asked:
        page.evaluate(BACK)
    assert asked.value.ok


def test_a_phone_without_a_motor_rings_until_it_is_touched(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    page = open_page("phone")
    page.add_init_script(NO_MOTOR)
    page.goto(f"/t/{hall.draw()['token']}")
    page.wait_for_selector(UP_TO_DATE)
    page.locator("#alerts").click()
    hall.call("xixian-01")
    expect(page.locator("html")).to_have_attribute("data-rang", "8", timeout=15_000)  # four tones, twice
    expect(page).to_have_title("请马上前往 · A001 · 息县政务服务大厅")
    page.locator("h1").click()
    hall.at("xixian-01", "start")
    expect(page).to_have_title("A001 · 息县政务服务大厅")


def test_a_phone_without_modules_is_refreshed_too(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    token = hall.draw()["token"]
    page = open_page("phone")
    page.route("**/js/phone.js*", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.clock.install()
    page.goto(f"/t/{token}")
    hall.call("xixian-01")
    page.locator("#box-leave summary").click()
    page.clock.fast_forward(20_000)
    expect(page.locator("#box-leave")).to_have_attribute("open", "")  # not under somebody's finger
    page.locator("#box-leave summary").click()
    page.clock.fast_forward(20_000)
    expect(page.locator(".ticket-card")).to_have_attribute("data-state", "called")
