"""The kiosk of a hall with more lines than a page has room for, on a busy day: nothing lies over anything."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.browser.calling import Staffed
from tests.browser.test_kiosk import CUT, OUTSIDE, arrive, touch

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

MORE = {
    "N": ("农机与种子", "Farm machines and seeds"),
    "P": ("婚姻登记档案查询与出具证明", "Marriage records and certificates"),
    "R": ("工程建设项目审批综合受理窗口", "Construction project approvals"),
}
# Parts of the page of which two share room, and what leaves its tile
OVERLAPPING = """() => {
  const shown = (part) => part.checkVisibility() && part.textContent.trim();
  const all = (parts) => Array.from(document.querySelectorAll(parts)).filter(shown);
  const over = (one, other) => {
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    return a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
  };
  const parts = [...all(".kiosk-calls, .kiosk-steps, h1, [data-part=how], [data-part=countdown], .kiosk-foot"),
    ...all(".kiosk-stage > *"), ...all(".kiosk-tile"), ...all(".kiosk-tile > .kiosk-sign, .kiosk-words > *")];
  const told = (part) => part.className + " " + part.textContent.trim().slice(0, 30);
  const pairs = parts.flatMap((one, at) => parts.slice(at + 1)
    .filter((other) => !one.contains(other) && !other.contains(one) && over(one, other))
    .map((other) => told(one) + " | " + told(other)));
  const leaving = all(".kiosk-tile").flatMap((tile) => Array.from(tile.querySelectorAll(".kiosk-name, .kiosk-examples"))
    .filter(shown).filter((part) => part.getBoundingClientRect().bottom > tile.getBoundingClientRect().bottom)
    .map((part) => "leaves its tile: " + told(part)));
  return [...pairs, ...leaving];
}"""


def add_lines(hall: LiveHall) -> None:
    """Three lines more, with long names, as the manager's form does it."""
    manager = next(row for row in hall.demo["staff"] if row["role"] == "manager")
    for prefix, (name, name_en) in MORE.items():
        request = Request(  # noqa: S310 - the loopback
            hall.url + "/admin/lines/new",
            urlencode({"prefix": prefix, "name": name, "name_en": name_en}).encode(),
            {"Authorization": f"Bearer {manager['token']}"},
        )
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            assert answer.url.endswith("/admin/lines"), "The line was refused."


@pytest.fixture
def crowded(live_server: LiveHall) -> LiveHall:
    add_lines(live_server)
    hall = Staffed(live_server)
    for line in "aaacccccccccccc":
        hall.draw(f"xixian-{line}")
    for window in ("xixian-01", "xixian-02", "xixian-03"):
        hall.call(window)
    return live_server


@pytest.mark.usefixtures("crowded")
def test_E1_with_many_lines_and_calls_nothing_lies_over_anything_else(open_page: OpenPage) -> None:
    wrong = []
    for surface in ("kiosk", "kiosk-landscape"):
        page = arrive(open_page, surface)
        page.locator(".kiosk-calls li").nth(2).wait_for()
        for key in ("language", "elder", "language", "elder"):
            touch(page, key)
            for _page in range(3):
                found = page.evaluate(OVERLAPPING) + page.evaluate(OUTSIDE) + page.evaluate(CUT)
                wrong += [f"{surface}, after {key}: {what}" for what in found]
                touch(page, "more")
    assert not wrong, "static/css/kiosk.css, kiosk-home.css:\n" + "\n".join(wrong)
