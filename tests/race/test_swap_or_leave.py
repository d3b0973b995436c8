"""A swap is approved while one of its turns goes another way, on both databases: both seats change, or none (M4)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select

from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.actor import Actor, ActorKind
from hall.catalog.models import Window
from hall.clock import now
from hall.database import db
from hall.errors import Conflict
from hall.rota.exchanging import AnswerSwap, AskSwap, answer_swap, ask_swap
from hall.rota.hours import all_hours
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.states import LIVE
from hall.rota.wish_models import Swap
from hall.rota.wishing import AskLeave, DecideWish, ask_leave, decide_wish
from hall.sites import Site
from hall.unit_of_work import perform, units

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.engine import ExceptionContext

ROUNDS, BODIES = 12, 3


def _reception(session: Any) -> tuple[int, int, list[list[int]]]:
    """Three departments with a published turn each, on three days a round; answers site, account, turns by round."""
    site = Site(code="xixian", name="息县政务服务大厅")
    session.add(site)
    session.flush()
    window = Window(site_id=site.id, code="xixian-01", number=1, name="1号窗口")
    rota = Rota(site_id=site.id, code="directors", name="局长周一见", leaves=13)
    manager = Staff(
        site_id=site.id, user="manager", name="周主任", role="manager", password_hash="-", session_nonce=b"9"
    )
    session.add_all([window, rota, manager])
    session.flush()
    heads = []
    for number in range(BODIES):
        body = RotaBody(rota_id=rota.id, name=f"第{number}局")
        session.add(body)
        session.flush()
        heads.append(RotaPerson(body_id=body.id, name=f"局长{number}", post="head"))
    session.add_all(heads)
    session.flush()
    first = now().date() + timedelta(days=60)
    turns = [
        [
            _turn(session, rota, window, head, first + timedelta(days=number * BODIES + at))
            for at, head in enumerate(heads)
        ]
        for number in range(ROUNDS)
    ]
    return site.id, manager.id, turns


def _turn(session: Any, rota: Rota, window: Window, head: RotaPerson, day: date) -> int:
    held = RotaSession(
        rota_id=rota.id,
        state="published",
        due_on=day,
        held_on=day,
        signup_until=day,
        publish_on=day,
        published_at=now(),
        **all_hours(rota),
    )
    session.add(held)
    session.flush()
    seat = Seat(session_id=held.id, window_id=window.id, part="am")
    session.add(seat)
    session.flush()
    duty = Duty(
        seat_id=seat.id,
        session_id=held.id,
        body_id=head.body_id,
        person_id=head.id,
        state="confirmed",
        basis="signed",
        quarter="2026-4",
        made_at=now(),
    )
    session.add(duty)
    session.flush()
    return int(duty.id)


def _at_once(app: Flask, *what: Callable[[], object]) -> list[str]:
    """All of these at the same moment; what each heard."""

    def one(doing: Callable[[], object]) -> str:
        with app.app_context():
            try:
                doing()
            except Conflict as refused:
                return refused.code
            finally:
                db.session.remove()
        return "done"

    with ThreadPoolExecutor(len(what)) as pool:
        return list(pool.map(one, what))


def _rings(app: Flask) -> list[str]:
    """Filled with every deadlock that the database breaks from now on."""
    found: list[str] = []

    def broken(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == "40P01":
            found.append(str(context.statement))

    with app.app_context():
        event.listen(units().engine, "handle_error", broken)
    return found


def _sitting(app: Flask, turns: list[int]) -> Counter[int]:
    """How many live turns each of the seats of these turns has."""
    with app.app_context():
        seats = db.session.scalars(select(Duty.seat_id).where(Duty.id.in_(turns))).all()
        live = db.session.scalars(select(Duty.seat_id).where(Duty.state.in_(LIVE), Duty.seat_id.in_(seats)))
        found = Counter(live)
        db.session.remove()
    return found


def test_M4_a_swap_and_a_leave_approved_at_once_leave_no_seat_double_and_no_half_swap(app: Flask) -> None:
    with app.app_context():
        site, manager, rounds = units().run(_reception)
    actor = Actor(ActorKind.STAFF, manager, site, frozenset({Can.ROTA_MANAGE, Can.ROTA_SIGN}))
    heard = Counter[tuple[str, ...]]()
    rings = _rings(app)
    for mine, other, _third in rounds:
        with app.app_context():
            swap = perform(actor, ask_swap, AskSwap(mine, other)).id
            perform(actor, answer_swap, AnswerSwap(swap, "accept"))
            leave = perform(actor, ask_leave, AskLeave(other, "flood")).id
        said = _at_once(
            app,
            lambda swap=swap: perform(actor, answer_swap, AnswerSwap(swap, "approve")),  # type: ignore[misc]
            lambda leave=leave: perform(actor, decide_wish, DecideWish(leave, "approve")),  # type: ignore[misc]
        )
        heard[tuple(said)] += 1
        seats = _sitting(app, [mine, other])
        assert said.count("done") == 1, said
        assert sum(seats.values()) == (2 if said[0] == "done" else 1)
        assert set(seats.values()) == {1}
    assert sum(heard.values()) == ROUNDS
    assert rings == [], "sessions are kept in one order, and before what was asked"


def test_M4_two_swaps_over_cross_of_the_same_two_days_wait_for_each_other_and_never_in_a_ring(
    app: Flask,
) -> None:
    with app.app_context():
        site, manager, rounds = units().run(_reception)
    actor = Actor(ActorKind.STAFF, manager, site, frozenset({Can.ROTA_MANAGE, Can.ROTA_SIGN}))
    rings = _rings(app)
    for first, second, third in rounds:
        for pair in ((first, second), (second, third), (third, first)):
            said = _at_once(
                app,
                lambda a=pair[0], b=pair[1]: perform(actor, ask_swap, AskSwap(a, b)),  # type: ignore[misc]
                lambda a=pair[1], b=pair[0]: perform(actor, ask_swap, AskSwap(a, b)),  # type: ignore[misc]
            )
            assert sorted(said) == ["asked", "done"]
            with app.app_context():
                found = db.session.scalars(select(Swap.id).where(Swap.state == "asked")).one()
                db.session.remove()
            said = _at_once(
                app,
                lambda swap=found: perform(actor, answer_swap, AnswerSwap(swap, "refuse")),  # type: ignore[misc]
                lambda swap=found: perform(actor, answer_swap, AnswerSwap(swap, "take_back")),  # type: ignore[misc]
            )
            assert said.count("done") == 1
    assert rings == []


def test_M4_two_swaps_of_one_turn_asked_at_once_are_one(app: Flask) -> None:
    with app.app_context():
        site, manager, rounds = units().run(_reception)
    actor = Actor(ActorKind.STAFF, manager, site, frozenset({Can.ROTA_MANAGE, Can.ROTA_SIGN}))
    for first, second, third in rounds:
        said = _at_once(
            app,
            lambda one=first, other=second: perform(actor, ask_swap, AskSwap(one, other)),  # type: ignore[misc]
            lambda one=second, other=third: perform(actor, ask_swap, AskSwap(one, other)),  # type: ignore[misc]
            lambda one=third, other=second: perform(actor, ask_swap, AskSwap(one, other)),  # type: ignore[misc]
        )
        assert sorted(said) == ["asked", "asked", "done"]
