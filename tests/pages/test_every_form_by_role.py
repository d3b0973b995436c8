"""Whatever the role: a browser in which somebody has signed in changes nothing without the token of our own pages."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.access import may, staff_actor
from hall.accounts.models import Staff
from hall.accounts.roles import PUBLIC, ROLES, STAFF, STAFF_ROLES, Role
from hall.sites import Site
from hall.unit_of_work import units
from tests.api.test_permissions import address, declared, rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
OF_DEVICES = frozenset().union(*ROLES.values()) - frozenset().union(*(ROLES[role] for role in STAFF_ROLES))
"""What no account may, and so no browser with a session."""


def accounts(app: Flask) -> dict[Role, Staff]:
    """A new account of each role."""

    def make(session: Session) -> dict[Role, Staff]:
        site = session.scalars(select(Site.id)).one()
        rows = {
            role: Staff(
                site_id=site,
                user=f"form-{role.value}",
                name="新",
                role=role.value,
                password_hash="nobody's",
                session_nonce=tokens.new_nonce(),
            )
            for role in STAFF_ROLES
        }
        session.add_all(rows.values())
        session.flush()
        session.expunge_all()
        return rows

    with app.app_context():
        return units().run(make)


def browser_of(app: Flask, account: Staff) -> tuple[FlaskClient, str]:
    """A browser in which this account has just signed in, and the token that its pages bring."""
    browser, now = app.test_client(), int(clock.now().timestamp())
    with browser.session_transaction() as session:
        session.update(_user_id=account.get_id(), since=now, seen=now)
    found = TOKEN.search(browser.get("/account").text)
    assert found, f"The page of {account.user} brings no token."
    return browser, found[1]


def instead_of(view: Callable[..., Any], name: str, reached: list[str]) -> Callable[..., Any]:
    """A view that is declared alike and only notes that it was reached."""

    @functools.wraps(view)
    def note(**_given: Any) -> tuple[str, int]:
        reached.append(name)
        return "", 204

    return note


@pytest.mark.one_process("the views of this process are replaced")
def test_no_role_s_browser_reaches_what_changes_something_without_the_token(
    app: Flask, demo: dict[str, Any]
) -> None:
    assert demo, "a hall that is not set up leads everybody to its first page"
    known = {role: (row, *browser_of(app, row)) for role, row in accounts(app).items()}
    reached: list[str] = []
    for name, view in app.view_functions.items():
        app.view_functions[name] = instead_of(view, name, reached)
    changing = [row for row in rules(app) if row[0] != "GET"]
    wrong, tried = [], set()
    for role, (row, browser, token) in known.items():
        actor = staff_actor(row)
        for method, endpoint, rule in changing:
            if not may(actor, declared(app, rule)):
                continue
            tried.add((method, rule.rule))
            for headers in ({}, {"X-CSRFToken": token[::-1]}):
                answer = browser.open(address(app, rule), method=method, headers=headers)
                if answer.status_code != 400 or reached:
                    wrong.append(
                        f"{method} {rule.rule} lets in {role} {'with a wrong' if headers else 'without'} token"
                    )
                reached.clear()
            browser.open(address(app, rule), method=method, headers={"X-CSRFToken": token})
            if reached != [endpoint]:
                wrong.append(f"{method} {rule.rule} refuses {role} with the token, too: nothing was tried")
            reached.clear()
    assert not wrong, f"{len(wrong)} addresses are open to forged presses:\n" + "\n".join(wrong)
    left_out = {
        f"{method} {rule.rule} {declared(app, rule)}"
        for method, _endpoint, rule in changing
        if (method, rule.rule) not in tried and declared(app, rule) not in {str(can) for can in OF_DEVICES}
    }
    assert not left_out, "No role was tried at these:\n" + "\n".join(sorted(left_out))
    assert {PUBLIC, STAFF} <= {declared(app, rule) for _method, _endpoint, rule in changing}
