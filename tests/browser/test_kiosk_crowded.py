"""The kiosk of a hall with more lines than a page has room for, on a busy day: nothing lies over anything."""

from __future__ import annotations

import json
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
  const parts = [...all(".kiosk-news > .note, .kiosk-calls, .kiosk-steps, h1, [data-part=how]"),
    ...all("[data-part=countdown], .kiosk-foot"),
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


def as_manager(hall: LiveHall, path: str, said: dict[str, str]) -> str:
    """What the manager sends, as a form of the administration or to the interface; where it led."""
    manager = next(row for row in hall.demo["staff"] if row["role"] == "manager")
    headers = {"Authorization": f"Bearer {manager['token']}"}
    body = urlencode(said)
    if path.startswith("/api/"):
        headers["Content-Type"] = "application/json"
        body = json.dumps(said)
    request = Request(hall.url + path, body.encode(), headers)  # noqa: S310 - the loopback
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        return str(answer.url)


@pytest.fixture
def busy(live_server: LiveHall) -> LiveHall:
    """Three numbers are called, people wait."""
    hall = Staffed(live_server)
    for line in "aaacccccccccccc":
        hall.draw(f"xixian-{line}")
    for window in ("xixian-01", "xixian-02", "xixian-03"):
        hall.call(window)
    return live_server


def look(open_page: OpenPage) -> list[str]:
    """What is wrong in either direction of the panel, in both languages, large and plain."""
    wrong = []
    for surface in ("kiosk", "kiosk-landscape"):
        page = arrive(open_page, surface)
        page.locator(".kiosk-calls li").nth(2).wait_for(state="attached")
        for key in ("language", "elder", "language", "elder"):
            touch(page, key)
            for _page in range(3):
                found = page.evaluate(OVERLAPPING) + page.evaluate(OUTSIDE) + page.evaluate(CUT)
                wrong += [f"{surface}, after {key}: {what}" for what in found]
                if page.locator("[data-key=more]").count():
                    touch(page, "more")
    return wrong


def test_E1_with_many_lines_calls_and_a_long_notice_nothing_lies_over_anything_else(
    busy: LiveHall, open_page: OpenPage
) -> None:
    wrong = [f"twelve lines: {what}" for what in look(open_page)]
    for prefix, (name, name_en) in MORE.items():
        wanted = {"prefix": prefix, "name": name, "name_en": name_en}
        assert as_manager(busy, "/admin/lines/new", wanted).endswith("/admin/lines"), "It was refused."
    wrong += look(open_page)
    told = "因停电检修，今日下午四点后二楼窗口暂停办理，请合理安排时间，急事请到导办台。" * 2
    english = (
        "Power is off on floor 2 after 4 p.m. today. If it cannot wait, please ask at the reception desk."
    )
    as_manager(busy, "/api/v1/sites/xixian/notices", {"text": told, "text_en": english})
    wrong += [f"with a notice: {what}" for what in look(open_page)]
    assert not wrong, "static/css/kiosk.css, kiosk-home.css:\n" + "\n".join(wrong)
