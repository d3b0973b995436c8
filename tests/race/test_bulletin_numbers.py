"""Managers who sign at the same moment: each bulletin has its own number, none is left out (M8)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.rota.bulletins.models import Bulletin
from hall.unit_of_work import units
from tests.bulletins_at_work import AFTER, Bulletins
from tests.cases_at_work import at
from tests.rota_at_work import API

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

AT_ONCE, ROUNDS = 4, 3


def press(app: Flask, token: str, start: Barrier, key: int) -> int:
    start.wait()
    headers = {"Authorization": f"Bearer {token}"}
    return (
        app.test_client()
        .post(f"{API}/bulletins/{key}/sign-off", json={"revision": 1}, headers=headers)
        .status_code
    )


def test_M8_signed_at_once_numbers_have_neither_gaps_nor_doubles(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    hall = Bulletins(client, demo)
    hall.held()
    first = hall.draft()["bulletin"]
    hall.step(first, "sign-off", "second")
    for _ in range(ROUNDS):
        keys = [hall.step(first, "correct")["bulletin"] for _ in range(AT_ONCE)]
        pressed = [*keys, keys[0]]  # one of them twice
        start = Barrier(len(pressed))
        with at(AFTER), ThreadPoolExecutor(len(pressed)) as pool:
            said = list(pool.map(partial(press, app, hall.tokens["second"], start), pressed))
        assert sorted(said) == [200] * AT_ONCE + [409], said
    with app.app_context():
        numbers = units().run(
            lambda session: list(session.scalars(select(Bulletin.number).order_by(Bulletin.number)))
        )
    assert numbers == list(range(1, 2 + AT_ONCE * ROUNDS))
