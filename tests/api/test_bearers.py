"""A token is looked up once a second at most, and refused at once when it no longer counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from hall.accounts.bearers import Bearers
from hall.accounts.models import Device, Staff
from hall.actor import SYSTEM_ACTOR, Actor, ActorKind
from hall.facts import DeviceChanged, StaffChanged, TicketIssued
from hall.unit_of_work import Work, perform

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient

PRINTERS = "/api/v1/sites/xixian/printers"


def ask(client: FlaskClient, token: str) -> int:
    return client.get(PRINTERS, headers={"Authorization": f"Bearer {token}"}).status_code


def revoke(work: Work, _command: None) -> None:
    work.session.execute(update(Device).values(revoked_at=work.now))
    work.record(DeviceChanged(account="device:1", device_id=1))


def retire(work: Work, _command: None) -> None:
    work.session.execute(update(Staff).values(retired_at=work.now))
    work.record(StaffChanged(account="staff:1"))


def test_a_token_asked_again_costs_no_statement(
    client: FlaskClient, demo: dict[str, Any], queries: Callable[..., AbstractContextManager[list[str]]]
) -> None:
    token = demo["kiosk"]["token"]
    assert [ask(client, token) for _each_process in range(2)] == [200, 200]
    with queries(tokens=True) as said:
        assert [ask(client, token) for _each_process in range(2)] == [200, 200]
    assert said, "The question itself is heard."
    assert not [statement for statement in said if "token_digest =" in statement]


@pytest.mark.parametrize(("whose", "act"), [("kiosk", revoke), ("staff", retire)])
def test_what_no_longer_counts_is_refused_at_once(
    app: Flask, client: FlaskClient, demo: dict[str, Any], whose: str, act: Callable[[Work, None], None]
) -> None:
    token = demo["kiosk"]["token"] if whose == "kiosk" else demo["staff"][0]["token"]
    assert 401 not in [ask(client, token) for _each_process in range(2)]
    with app.app_context():
        perform(SYSTEM_ACTOR, act, None)
    assert [ask(client, token) for _each_process in range(2)] == [401, 401], (
        "E2: one of two still lets it in."
    )


@pytest.mark.one_process("what a process keeps is looked at in its memory")
def test_a_false_token_is_never_kept(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> None:
    assert ask(client, "no-such-token") == 401
    bearers: Bearers = app.extensions["hall_bearers"]
    assert not bearers.known, "A false token must not be kept: it may be enrolled at the next moment."
    assert ask(client, demo["staff"][0]["token"]) != 401
    assert len(bearers.known) == 1


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    bearers, actor = Bearers(), Actor(ActorKind.DEVICE, 1)
    turn = bearers.turn
    bearers.hear([StaffChanged(account="staff:1")])
    bearers.keep(b"digest", actor, turn)
    assert bearers.find(b"digest") is None
    bearers.keep(b"digest", actor, bearers.turn)
    bearers.hear([TicketIssued(ticket_id=1, number="A001", line="a", lane="ordinary", channel="kiosk")])
    assert bearers.find(b"digest") is actor, "Drawing a ticket changes nobody's rights."
