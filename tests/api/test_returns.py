"""Back with missing papers by the code on the notice: the old place, once, on both databases (Q3)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update

from hall import clock
from hall.accounts.limits import ALL_RETURN_GUESSES, RETURN_GUESSES
from hall.catalog.models import Line
from hall.intake.models import Case
from hall.queueing.models import Ticket
from hall.sites import Site
from tests.cases_at_work import at
from tests.printers import add_printer
from tests.results_at_work import noticed, received
from tests.returning_at_work import Homecoming

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    from tests.servers import Prepared

WRONG = "ZZZZZ-ZZZZZ"


@pytest.fixture
def home(client: FlaskClient, demo: dict[str, Any]) -> Homecoming:
    return Homecoming(client, demo)


def test_Q3_the_code_on_a_notice_gives_back_the_old_place_once(home: Homecoming) -> None:
    back = home.come()
    assert back.status_code == 201, back.text
    ticket, first = home.ticket(back.json["number"]), home.ticket(home.first)
    assert (ticket.basis, ticket.place, ticket.line_id) == ("returned", first.place, first.line_id)
    assert ticket.number != first.number, "a new number, so that the screens show one that nobody saw before"
    again = home.come()
    assert (again.status_code, again.json["code"]) == (409, "returned_before")
    assert back.json["number"] in again.text, "whose code it is may know the number that it gave"
    assert home.waiting() == 1


def test_Q3_the_code_is_read_from_a_scan_and_however_it_is_typed(home: Homecoming) -> None:
    scanned = f"http://hall.example/case/abc?back={home.code.lower().replace('-', ' ')}"
    assert home.come(scanned).status_code == 201


def test_Q3_on_a_later_day_the_place_is_half_an_hour_before_now(home: Homecoming) -> None:
    with at(clock.now() + timedelta(days=1)):
        back = home.come()
        assert back.status_code == 201, back.text
    ticket = home.ticket(back.json["number"])
    assert ticket.issued_at - ticket.place == timedelta(minutes=30)


def test_Q3_a_code_that_does_not_count_says_why_and_leaves_the_notice_unused(home: Homecoming) -> None:
    assert home.come(WRONG).json["code"] == "unknown_code"
    assert home.come("not a code").json["code"] == "unknown_code"
    home.set_notice(answer_by=date(2026, 1, 5))
    late = home.come(lang="en")
    assert late.json["code"] == "code_expired"
    assert "January 5, 2026" in late.text
    home.set_notice(answer_by=None)
    for state, code in (("received", "papers_in"), ("withdrawn", "case_over")):
        home.write(partial(set_state, state=state))
        assert home.come().json["code"] == code
    home.write(partial(set_state, state="correction"))
    assert home.waiting() == 0
    assert home.come().status_code == 201


def set_state(session: Session, state: str) -> None:
    session.execute(update(Case).values(state=state))


def test_Q10_while_the_line_is_stopped_the_code_keeps(home: Homecoming) -> None:
    today = home.ticket(home.first).business_date.isoformat()

    def stop(reason: str | None) -> None:
        home.write(lambda s: s.execute(update(Line).values(stopped_reason=reason, stopped_on=today)))

    stop("系统维护")
    refused = home.come()
    assert (refused.status_code, refused.json["detail"]) == (409, "系统维护")
    stop(None)
    assert home.come().status_code == 201


def test_Q3_a_code_of_another_hall_names_that_hall(home: Homecoming) -> None:
    def move(session: Any) -> None:
        here = session.scalars(select(Site)).one()
        values = {"code": "elsewhere", "name": "别处镇便民服务中心", "name_en": "Elsewhere"}
        columns = {c.key: getattr(here, c.key) for c in Site.__table__.columns if c.key != "id"}
        there = session.execute(insert(Site).values({**columns, **values}).returning(Site.id)).scalar_one()
        session.execute(update(Case).values(site_id=there))

    home.write(move)
    refused = home.come()
    assert (refused.status_code, refused.json["code"]) == (409, "other_hall")
    assert "别处镇便民服务中心" in refused.text


def test_Q3_while_the_first_number_is_at_the_window_no_second_is_drawn(
    client: FlaskClient, demo: dict[str, Any], home: Homecoming
) -> None:
    home.write(lambda s: s.execute(update(Ticket).values(state="serving", ended_at=None)))
    refused = home.come()
    assert refused.json["code"] == "still_in_line"
    assert home.first in refused.text


def test_Q3_what_reception_gave_back_by_number_the_code_does_not_give_again(home: Homecoming) -> None:
    home.write(lambda s: s.execute(update(Ticket).values(outcome="incomplete")))
    home.clerk.token = home.token("desk")
    by_number = home.clerk.ask(f"/desk/tickets/{home.first}/return", {})
    assert by_number.status_code == 201, by_number.text
    assert home.come().json["code"] == "returned_before"


def test_Q3_the_desk_takes_the_code_as_well_and_others_do_not(home: Homecoming) -> None:
    assert home.come(who="auditor").status_code == 403
    assert home.come(who="desk").status_code == 201


def test_Q3_each_notice_of_a_form_counts_once(client: FlaskClient, demo: dict[str, Any]) -> None:
    home = Homecoming(client, demo)
    form = received(home.clerk, bundle="xixian-company-start")
    codes = [home.code_of(noticed(client.application, case["number"])) for case in form["cases"][:2]]
    home.clerk.ask(f"/windows/{home.clerk.window}/finish", {"outcome": "received"})
    first = home.come(codes[0])
    assert first.status_code == 201, first.text
    assert home.come(codes[1]).json["code"] == "still_in_line", "one person stands in one place"
    home.write(lambda s: s.execute(update(Ticket).values(state="finished", ended_at=clock.now())))
    second = home.come(codes[1])
    assert second.status_code == 201, second.text
    assert home.ticket(second.json["number"]).place == home.ticket(first.json["number"]).place


def test_Q3_a_kiosk_with_a_printer_queues_the_slip_of_the_new_number(
    home: Homecoming, prepared: Prepared, demo: dict[str, Any]
) -> None:
    add_printer(prepared.database_url, demo["kiosk"]["token"])
    assert home.come().json["slip"]["state"] == "queued"


def test_Q3_wrong_codes_are_limited_by_device_and_by_address(home: Homecoming) -> None:
    most = int(RETURN_GUESSES.split()[0])
    told = [home.come(WRONG).status_code for _ in range(most + 1)]
    assert told == [404] * most + [429]
    stopped = home.come()
    assert (stopped.status_code, stopped.json["code"]) == (429, "too_many"), "the right one as well"
    assert home.come(who="desk").status_code == 201, "another caller goes on"


def test_Q3_wrong_codes_are_limited_by_address_whoever_sends_them(home: Homecoming) -> None:
    of_all = int(ALL_RETURN_GUESSES.split()[0])
    callers = ["", "desk", "manager"]
    told = [home.come(WRONG, who=who).status_code for _ in range(of_all // 3) for who in callers]
    assert told == [404] * of_all
    assert home.come(WRONG, who="desk").status_code == 429
    assert home.come(WRONG, who="desk", address="198.51.100.7").status_code == 404
