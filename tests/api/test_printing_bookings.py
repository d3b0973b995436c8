"""Slips of bookings (H3): queued by the kiosk that books, printed once again, drawn in the language of the booking."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sqlalchemy import select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.helpers.api import token_key
from hall.helpers.models import Booking
from hall.printing.models import PrintJob
from hall.printing.tidying import tidy
from hall.unit_of_work import perform, units
from kiosk.booking_slips import booking_slip_of
from kiosk.slips import Press
from tests.booking_at_work import PHONE, Front, tomorrow
from tests.printers import Agent, TestPrinter, add_printer

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.servers import Prepared

BUNDLE_NAME = "企业开办一件事"


@pytest.fixture
def front(client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02")


@pytest.fixture
def printer(prepared: Prepared, demo: dict[str, Any]) -> TestPrinter:
    return add_printer(prepared.database_url, demo["kiosk"]["token"])


@pytest.fixture
def agent(client: FlaskClient, printer: TestPrinter) -> Agent:
    return Agent(client, printer)


def ask_to_print(front: Front, token: str, who: str = "", **body: Any) -> TestResponse:
    return front.ask(
        "POST", f"/bookings/{token}/print", body, who=who or str(front.demo["kiosk"]["token"]), lang="zh"
    )


def dots(front: Front, agent: Agent, job: str, width: int = 576) -> Image.Image:
    answer = agent.get(f"print-jobs/{job}/slip.png?width={width}")
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.data))


@pytest.mark.parametrize("width", [576, 384])
def test_H3_a_kiosk_prints_a_booking_and_once_again(front: Front, agent: Agent, width: int) -> None:
    token = front.booked(tomorrow(10))["token"]
    first = ask_to_print(front, token)
    assert (first.status_code, first.get_json()["reprint"]) == (201, False)
    job = first.get_json()["job"]
    assert agent.jobs() == [job]
    assert ask_to_print(front, token).get_json()["code"] == "already_printing"
    slip = dots(front, agent, job, width)
    assert slip.width == width and slip.height > width
    assert agent.post(f"print-jobs/{job}/printed", {}).status_code == 200
    again = ask_to_print(front, token)
    assert (again.status_code, again.get_json()["reprint"]) == (201, True)
    marked = dots(front, agent, again.get_json()["job"], width)
    assert marked.height > slip.height, "it says that it is a reprint"
    agent.post(f"print-jobs/{again.get_json()['job']}/printed", {})
    refused = ask_to_print(front, token)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "reprint_over")
    assert ask_to_print(front, token, front.token("reception")).status_code == 201


@pytest.mark.parametrize(("lang", "title"), [("zh", "帮办预约单"), ("en", "Booking of a helper")])
def test_E1_E2_the_slip_speaks_the_booking_s_language_and_names_nobody(
    front: Front, lang: str, title: str
) -> None:
    held = front.held(tomorrow(10), lang=lang)
    booked = front.confirm(held["token"]).get_json()
    with front.client.application.test_request_context(headers={"Accept-Language": "fr"}):
        row = db.session.scalars(select(Booking)).one()
        slip = booking_slip_of(db.session(), row.id, Press(token_key(), None), clock.now(), reprint=False)
    assert (slip.title, slip.code, slip.time, slip.qr) == (title, booked["code"], "10:00", "")
    assert BUNDLE_NAME in slip.names, "staff read Chinese"
    assert slip.papers
    said = repr(slip)
    assert not [told for told in ("王", "小明", PHONE, PHONE[-4:]) if told in said]


def test_a_booking_given_up_is_printed_no_more(front: Front, agent: Agent) -> None:
    booked = front.booked(tomorrow(10))
    job = ask_to_print(front, booked["token"]).get_json()["job"]
    with front.client.application.app_context():
        assert perform(SYSTEM_ACTOR, tidy, None) == 0, "it is still wanted"
    gone = front.ask("POST", f"/bookings/{booked['token']}/cancel", {"revision": booked["revision"]})
    assert gone.status_code == 200
    with front.client.application.app_context():
        assert [perform(SYSTEM_ACTOR, tidy, None) for _run in range(2)] == [1, 0]
        states = units().run(lambda session: list(session.scalars(select(PrintJob.state))))
    assert states == ["withdrawn"]
    assert agent.jobs() == []
    assert agent.get(f"print-jobs/{job}/slip.png").status_code == 404
    assert ask_to_print(front, booked["token"]).get_json()["code"] == "booking_over"


def test_without_a_printer_nothing_is_promised_and_a_forged_token_opens_nothing(front: Front) -> None:
    token = front.booked(tomorrow(10))["token"]
    assert ask_to_print(front, token).get_json()["code"] == "no_printer"
    assert ask_to_print(front, token[:-1] + ("A" if token[-1] != "A" else "B")).status_code == 404
    assert front.ask("POST", f"/bookings/{token}/print", {}).status_code == 401
