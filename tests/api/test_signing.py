"""Signing on the window's tablet: for exactly these results, once, by whoever sits there (I1), on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hall import tokens
from hall.accounts.access import actor_of_token
from hall.database import db
from hall.intake.issuing.models import Delivery
from hall.intake.signing.actions import join
from hall.intake.signing.models import Signing
from hall.unit_of_work import perform, units
from tests.api.test_issuing import drawn
from tests.intake_at_work import Clerk, Said
from tests.results_at_work import BUNDLE, change, ready, received


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    return Clerk(client, demo)


def tablet(clerk: Clerk) -> str:
    """The address's token of a tablet that was just joined to the clerk's window."""
    app = clerk.client.application
    with app.app_context():
        actor = actor_of_token(db.session(), clerk.token)
        assert actor is not None
        return tokens.token_of(app.config["HALL"].keys.tokens, "pad", perform(actor, join, None))


def of_bundle(clerk: Clerk) -> list[dict[str, Any]]:
    cases = received(clerk, bundle=BUNDLE)["cases"]
    for case in cases:
        ready(clerk.client.application, case["number"])
    return list(cases)


def asked(clerk: Clerk, *cases: dict[str, Any], **more: Any) -> Said:
    first, *also = cases
    return clerk.ask(
        f"/cases/{first['token']}/ask-signature", {"also": [one["token"] for one in also], **more}
    )


def shown(clerk: Clerk, pad: str) -> Any:
    return clerk.client.get(f"/api/v1/pads/{pad}").get_json()["to_sign"]


def signs(clerk: Clerk, pad: str, signing: str, *, ink: bool = True) -> Said:
    body = {"signing": signing, "signature": drawn(ink=ink)}
    return Said(clerk.client.post(f"/api/v1/pads/{pad}/sign", json=body))


def give(clerk: Clerk, signing: str, *cases: dict[str, Any]) -> Said:
    first, *also = cases
    body = {"receipt": first["number"], "signing": signing, "also": [one["token"] for one in also]}
    return clerk.ask(f"/cases/{first['token']}/hand-over", body)


def rows(clerk: Clerk, wanted: Any) -> list[Any]:
    with clerk.client.application.app_context():
        return units().run(lambda session: list(session.scalars(wanted)))


def test_I6_a_whole_collection_goes_under_one_signature_drawn_on_the_tablet(clerk: Clerk) -> None:
    pad, cases = tablet(clerk), of_bundle(clerk)
    assert shown(clerk, pad) is None
    token = asked(clerk, *cases).json["token"]
    told = shown(clerk, pad)
    assert (told["token"], told["signer"], len(told["results"])) == (token, "测试甲", len(cases))
    assert clerk.client.post(f"/api/v1/pads/{pad}/shown", json={"signing": token}).status_code == 200
    assert clerk.look(f"/signings/{token}").json["shown"] is True
    assert signs(clerk, pad, token).json["state"] == "signed"
    assert shown(clerk, pad) is None
    said = give(clerk, token, *cases)
    assert (said.status_code, said.json["signed"]) == (200, True), said.text
    given = rows(clerk, select(Delivery))
    assert len(given) == len(cases)
    assert len({row.signature for row in given}) == 1
    assert [row.state for row in rows(clerk, select(Signing))] == ["used"]


def test_I1_a_signature_counts_once_and_only_for_what_was_signed(clerk: Clerk) -> None:
    pad, (one, two, *_rest) = tablet(clerk), of_bundle(clerk)
    token = asked(clerk, one).json["token"]
    assert give(clerk, token, one).json["code"] == "not_signed"
    signs(clerk, pad, token)
    for wrong in ((two,), (one, two)):
        assert give(clerk, token, *wrong).json["code"] == "not_signed"
    assert rows(clerk, select(Delivery)) == []
    assert give(clerk, token, one).status_code == 200
    assert give(clerk, token, two).json["code"] == "not_signed"
    assert give(clerk, "x" * 24, two).status_code == 404


def test_an_empty_field_is_no_signature_and_what_was_taken_back_is_not_signed(clerk: Clerk) -> None:
    pad, (one, two, *_rest) = tablet(clerk), of_bundle(clerk)
    first = asked(clerk, one).json["token"]
    empty = signs(clerk, pad, first, ink=False)
    assert (empty.status_code, empty.json["code"]) == (422, "empty_signature")
    second = asked(clerk, two, taker="applicant").json["token"]
    assert signs(clerk, pad, first).json["code"] == "not_asked"
    assert clerk.ask(f"/signings/{second}/withdraw").json["state"] == "withdrawn"
    assert shown(clerk, pad) is None
    assert signs(clerk, pad, second).json["code"] == "not_asked"


def test_a_new_tablet_cuts_the_old_one_off_and_each_window_has_its_own(clerk: Clerk) -> None:
    old, (one, *_rest) = tablet(clerk), of_bundle(clerk)
    new = tablet(clerk)
    token = asked(clerk, one).json["token"]
    assert clerk.client.get(f"/api/v1/pads/{old}").status_code == 404
    assert signs(clerk, old, token).status_code == 404
    assert shown(clerk, new)["token"] == token
    other = Clerk(clerk.client, clerk.demo, place=1)
    assert asked(other, one).json["code"] == "no_pad"
    elsewhere = tablet(other)
    assert signs(clerk, elsewhere, token).json["code"] == "not_asked"


def test_I7_nothing_is_signed_for_before_the_deferred_paper_is_in(clerk: Clerk) -> None:
    pad, case = tablet(clerk), received(clerk)["cases"][0]
    change(clerk.client.application, case["number"], open_deferrals=1)
    assert asked(clerk, case).json["code"] == "not_ready"
    assert shown(clerk, pad) is None
