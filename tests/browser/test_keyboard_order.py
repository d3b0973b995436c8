"""By Tab alone through each surface: everything that can be pressed is reached once, in its order, and seen (E1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.calling import Staffed
from tests.browser.test_every_page import arrive

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

MOST = 250  # steps: no page has more to press
# Everything that can be pressed or filled in, in the page's order; of radio buttons each group once
PRESSABLE = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const groups = new Set();
  const first = (one) => {
    if (one.type !== "radio") return true;
    const stop = document.querySelector(`input[name="${one.name}"]:checked`) || one;
    return stop === one && !groups.has(one.name) && Boolean(groups.add(one.name));
  };
  window.pressable = Array.from(document.querySelectorAll(all))
    .filter((one) => !one.disabled && one.type !== "hidden" && one.tabIndex >= 0)
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && first(one));
  document.body.tabIndex = -1;
  document.body.focus(); // begin at the top, also where the page has put the focus somewhere
  document.body.removeAttribute("tabindex");
  return window.pressable.map((one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 90));
}"""
# Where the focus is: its place among them (-1: it only scrolls), whether its ring is drawn and nothing covers it
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const [box, style] = [at.getBoundingClientRect(), getComputedStyle(at)];
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    dated: ["date", "time"].includes(at.type), place: window.pressable.indexOf(at), what: at.outerHTML.slice(0, 90),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: Boolean(top) && (at.contains(top) || top.contains(at)),
  };
}"""


def walk(page: Page) -> list[str]:
    """What is wrong on the way from the first Tab until the focus leaves the page."""
    things = page.evaluate(PRESSABLE)
    wrong: list[str] = []
    places: list[int] = []
    for _step in range(MOST):
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(FOCUS)
        if at is None:
            break
        if at["place"] < 0 or (at["dated"] and places[-1:] == [at["place"]]):
            continue  # it only scrolls, or is the next part of the same date
        places.append(at["place"])
        wrong += [f"no ring: {at['what']}"] if not at["ring"] else []
        wrong += [f"covered: {at['what']}"] if not at["seen"] else []
    else:
        wrong.append(f"the focus never leaves: {places[-6:]}")
    wrong += [f"not reached: {things[place]}" for place in sorted(set(range(len(things))) - set(places))]
    if places != sorted(set(places)):
        wrong.append(f"out of order or twice: {places}")
    return wrong


@pytest.fixture(scope="module")
def hall(shared_hall: LiveHall) -> Staffed:
    """The demo hall with people waiting and one being called."""
    staffed = Staffed(shared_hall)
    for line in "aaab":
        staffed.draw(f"xixian-{line}")
    staffed.call("xixian-01")
    return staffed


@pytest.mark.parametrize(
    ("user", "surface", "pages"),
    [
        ("", "phone", ("/", "/sign-in", "/kiosk")),
        ("clerk01", "console", ("/console",)),
        ("desk", "desk", ("/desk", "/desk/opening")),
        ("manager", "console", ("/floor", "/reports/day", "/admin/texts")),
        ("manager", "console", ("/admin/windows", "/admin/windows/1")),
    ],
)
def test_E1_tab_reaches_everything_once_in_its_order_and_the_focus_is_seen(
    hall: Staffed, open_page: OpenPage, user: str, surface: str, pages: tuple[str, ...]
) -> None:
    page = arrive(open_page(surface, hall=hall.hall), hall.hall, user, "zh")
    found = []
    tickets = [] if user else [f"/t/{hall.draw()['token']}"]
    for path in (*pages, *tickets):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if path in {"/console", "/desk", "/floor"}:
            expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
        found += [f"{path}: {wrong}" for wrong in walk(page)]
    assert not found, "By keyboard:\n" + "\n".join(found)
