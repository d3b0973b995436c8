"""Official documents as a printer gets them: A4, one page where one is enough, the seal never alone on a page (I3)."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PIL import Image
from sqlalchemy import select

from hall.intake.models import Case, FilingPaper, PaperUse
from tests import applications
from tests.cases_at_work import Behind
from tests.qr_reader import find_dots, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage
    from tests.conftest import StartHall
    from tests.servers import LiveHall

REVIEWER, SECOND = "review-scjg", "second-scjg"
ONE = ("acceptance", "decision", "handover", "extension")
A4 = (595, 842)  # points
PAGE = re.compile(rb"/Type\s*/Page\b")
BOX = re.compile(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]")
MODULE = 4


@contextmanager
def behind(hall: LiveHall) -> Iterator[Behind]:
    """People at work on the hall that the browser sees."""
    with applications.beside(hall) as app:
        found = Behind(app.test_client(), hall.demo)
        found.set_item(second_review=False, mode="separated", committed_days=5, statutory_days=20)
        yield found


def go(hall: Behind, case: dict[str, Any], verb: str, user: str = REVIEWER, **body: Any) -> None:
    said = hall.ask(user, f"/cases/{case['token']}/{verb}", body)
    assert said.status_code == 200, said.text


def more_papers(hall: Behind, case: dict[str, Any], count: int) -> None:
    """The form asks for that many papers."""

    def add(session: Any) -> None:
        row = session.scalars(select(Case).where(Case.number == case["number"])).one()
        have = len(case["papers"])
        for sort in range(have, count):
            paper = FilingPaper(
                filing_id=row.filing_id, sort=sort, name=f"经营场所使用证明{sort}", state="present"
            )
            session.add(paper)
            session.flush()
            session.add(PaperUse(paper_id=paper.id, item_id=row.item_id))

    hall.write(add)


def printed(page: Page, case: dict[str, Any], kind: str) -> bytes:
    """The document as a printer gets it, after a press that counts it."""
    page.goto(f"/cases/{case['token']}/documents/{kind}")
    page.click("header button.primary")
    page.wait_for_url("**printing=*")
    return page.pdf(prefer_css_page_size=True)


def two_cases(hall: Behind) -> tuple[dict[str, Any], dict[str, Any]]:
    """One that went through every state, and one with forty papers."""
    whole = hall.received()
    for verb, user, body in (
        ("accept", REVIEWER, {}),
        ("extend", SECOND, {"reason": "需要现场核查"}),
        ("decide", REVIEWER, {"decision": "granted", "reasons": "符合条件"}),
        ("make-ready", REVIEWER, {"name": "营业执照", "number": "9141"}),
    ):
        go(hall, whole, verb, user, **body)
    many = hall.received()
    more_papers(hall, many, 40)
    go(hall, many, "accept")
    return whole, many


def test_I3_documents_are_A4_on_one_page_and_the_seal_is_never_alone(
    start_hall: StartHall, open_page: OpenPage
) -> None:
    live = start_hall(PUBLIC_URL="https://hall.example")
    with behind(live) as hall:
        whole, many = two_cases(hall)
    page = open_page("console", hall=live)
    page.add_init_script("window.print = () => null")
    reviewer = next(row for row in live.demo["staff"] if row["user"] == REVIEWER)
    page.goto("/sign-in")
    page.fill("[name=user]", reviewer["user"])
    page.fill("[name=password]", reviewer["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/inbox")
    for kind in ONE:
        pdf = printed(page, whole, kind)
        assert len(PAGE.findall(pdf)) == 1, kind
        assert [round(float(side)) for side in BOX.findall(pdf)[0]] == list(A4), kind
    assert page.locator(".sheet .again").count() == 0
    assert len(PAGE.findall(printed(page, many, "acceptance"))) == 2
    without = page.evaluate("document.querySelector('.close').remove()")
    assert without is None
    assert len(PAGE.findall(page.pdf(prefer_css_page_size=True))) == 2, "papers share the seal's page"
    assert decoded(page, printed_code(page)) == f"https://hall.example/case/{many['token']}"
    printed(page, many, "acceptance")
    assert page.locator(".sheet .again").inner_text() == "补打（第 2 份）"
    page.goto(f"/cases/{many['token']}")
    assert "已打印 2 次" in page.locator(".case-documents").inner_text()
    page.goto(f"/cases/{many['token']}/documents/acceptance")
    assert len(PAGE.findall(page.pdf())) == 1, "what is not counted prints only the request to count it"


def printed_code(page: Page) -> str:
    """The code to scan, as it stands on the sheet."""
    return str(page.locator(".sheet .code svg").evaluate("svg => svg.outerHTML"))


def decoded(page: Page, svg: str) -> str:
    """What a phone reads."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1]) * MODULE  # type: ignore[index]
    blank = page.context.new_page()
    blank.set_content(svg)
    blank.evaluate(f"document.querySelector('svg').setAttribute('width', {side})")
    picture = Image.open(io.BytesIO(blank.locator("svg").screenshot()))
    blank.close()
    return read(find_dots(picture, MODULE))
