"""How often an applicant had to come, counted once a visit (I11), on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import tokens
from hall.database import db
from hall.intake.measures.counting import WHOLE
from hall.intake.measures.queries import Span, figures
from hall.intake.models import Case, FilingPaper
from hall.sites import Site
from tests.results_at_work import ready
from tests.returning_at_work import Homecoming

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture
def home(client: FlaskClient, demo: dict[str, Any]) -> Homecoming:
    return Homecoming(client, demo)


def test_I11_coming_back_is_a_second_visit_and_the_papers_make_no_third(home: Homecoming) -> None:
    assert home.visits() == 1
    call_and_start(home, home.come().json["number"])
    assert home.visits() == 2, "they had to come again, whatever the window finds"
    supplement(home)
    assert home.visits() == 2


@pytest.mark.usefixtures(
    "working_hours"
)  # or in the first hours of a month its cases belong to it, its numbers do not
def test_I11_papers_brought_under_an_ordinary_number_are_a_second_visit_once(home: Homecoming) -> None:
    home.clerk.serve(line="xixian-a")
    supplement(home, "missing")
    supplement(home)
    assert home.visits() == 2, "two acts, one visit"
    with home.client.application.app_context():
        site = db.session.scalars(select(Site)).one()
        month = home.ticket(home.first).business_date.replace(day=1)
        assert figures(db.session(), site, Span(month, month))[WHOLE].visits_made == 2


def call_and_start(home: Homecoming, number: str) -> None:
    call = {"ticket": number, "reason": "other", "note": "t"}
    assert home.clerk.ask(f"/windows/{home.clerk.window}/call", call).status_code == 200
    assert home.clerk.ask(f"/windows/{home.clerk.window}/start").status_code == 200


def supplement(home: Homecoming, state: str = "present") -> None:
    """The clerk takes the papers that were missing."""

    def lack(session: Any) -> int:
        row = session.scalars(select(FilingPaper).order_by(FilingPaper.sort)).first()
        row.state = "missing"
        return int(row.id)

    paper = home.write(lack)
    case = home.write(lambda s: s.scalars(select(Case)).one())
    key = home.client.application.config["HALL"].keys.tokens
    token = tokens.token_of(key, "case", case.nonce)
    body = {"revision": case.revision, "papers": [{"id": paper, "state": state}]}
    done = home.clerk.ask(f"/cases/{token}/supplement", body)
    assert done.status_code == 200, done.text


def case_token(home: Homecoming) -> str:
    case = home.write(lambda s: s.scalars(select(Case)).one())
    return tokens.token_of(home.client.application.config["HALL"].keys.tokens, "case", case.nonce)


def test_I11_collecting_under_a_number_is_a_visit_and_a_refusal_before_it_no_further_one(
    home: Homecoming,
) -> None:
    ready(home.client.application, home.number)
    address = f"/cases/{case_token(home)}"
    home.clerk.serve(line="xixian-l")
    assert home.clerk.ask(f"{address}/refuse", {"note": "姓名有误"}).status_code == 200
    given = home.clerk.ask(f"{address}/hand-over", {"receipt": home.number, "on_paper": True})
    assert given.status_code == 200, given.text
    assert home.visits() == 2


def test_I11_what_is_handed_over_on_the_day_of_the_receipt_without_a_number_is_no_visit_of_its_own(
    home: Homecoming,
) -> None:
    ready(home.client.application, home.number)
    given = home.clerk.ask(f"/cases/{case_token(home)}/hand-over", {"receipt": home.number, "on_paper": True})
    assert given.status_code == 200, given.text
    assert home.visits() == 1
