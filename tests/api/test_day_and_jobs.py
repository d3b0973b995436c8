"""The end of the day (Q10) and jobs that can run twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from hall import clock, journal
from hall.actor import SYSTEM_ACTOR
from hall.answers import IdempotentAnswer, keep_answer, kept_answer
from hall.jobs import JOURNAL_JOBS, Job, run_if_due
from hall.journal import JournalEntry
from hall.queueing.day import EndDay, end_day, turn_day
from hall.queueing.drawing import Issue, Matter, issue
from hall.queueing.models import Claim, Ticket
from hall.queueing.queries import today
from hall.sites import Site
from hall.unit_of_work import Answer, Once, perform, purge_answers, units

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session


def draw(count: int) -> int:
    """Draw tickets; answers the site's key."""
    site_id = units().run(lambda session: int(session.scalars(select(Site.id)).one()))
    for each in range(count):
        perform(
            SYSTEM_ACTOR,
            issue,
            Issue(site_id, (Matter(line="xixian-a"),), "kiosk", person=bytes([each]) * 32),
        )
    return site_id


def states() -> list[str]:
    return units().run(lambda session: list(session.scalars(select(Ticket.state).order_by(Ticket.id))))


def test_Q10_what_waits_when_the_day_is_ended_becomes_unserved_once(app: Flask, demo: dict[str, Any]) -> None:
    assert demo
    with app.app_context():
        site_id = draw(3)
        day = units().run(lambda session: today(session.get_one(Site, site_id), clock.now()))
        assert perform(SYSTEM_ACTOR, end_day, EndDay(site_id, day)) == 3
        assert perform(SYSTEM_ACTOR, end_day, EndDay(site_id, day)) == 0, "the job can run twice"
        assert states() == ["unserved"] * 3


def test_Q10_the_turn_of_the_date_ends_yesterday_and_Q8_purges_its_claims(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo
    with app.app_context():
        draw(2)
        assert perform(SYSTEM_ACTOR, turn_day, None) == 0, "today goes on"
        tomorrow = clock.now() + timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: tomorrow)
        assert perform(SYSTEM_ACTOR, turn_day, None) == 2
        assert perform(SYSTEM_ACTOR, turn_day, None) == 0
        assert states() == ["unserved"] * 2
        assert units().run(lambda session: session.scalar(select(func.count()).select_from(Claim))) == 0


def test_O3_the_sealer_chains_everything_and_runs_once_a_second(app: Flask, demo: dict[str, Any]) -> None:
    assert demo
    sealer = JOURNAL_JOBS[0]
    with app.app_context():
        draw(2)
        assert perform(SYSTEM_ACTOR, run_if_due, sealer) is True
        assert perform(SYSTEM_ACTOR, run_if_due, sealer) is False, "its time has not come again"
        verdict = units().run(journal.verify)
        assert (verdict.unsealed, verdict.fault) == (0, None)
        assert verdict.sealed == units().run(
            lambda session: session.scalar(select(func.count()).select_from(JournalEntry))
        )


def once(name: str) -> Once:
    """The key of a request that may be repeated."""
    return Once("kiosk:1", "POST", "/api/v1/tickets", name, b"{}")


def answers_left(*names: str) -> set[str]:
    """Whose first answer would still be given again."""

    def look(session: Session) -> set[str]:
        return {name for name in names if kept_answer(session, once(name))}

    return units().run(look)


def test_E2_an_answer_kept_for_repeats_goes_after_a_day_and_no_sooner(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo
    now, second = clock.now(), timedelta(seconds=1)
    ages = {"young": second, "nearly": timedelta(days=1) - second, "older": timedelta(days=1) + second}
    (job,) = (job for job in JOURNAL_JOBS if job.run is purge_answers)
    with app.app_context():
        monkeypatch.setattr(clock, "now", lambda: now)
        for name, age in ages.items():

            def keep(session: Session, name: str = name, at: datetime = now - age) -> None:
                keep_answer(session, once(name), Answer(201, '{"number": "A1"}'), at)

            units().run(keep)
        assert perform(SYSTEM_ACTOR, purge_answers, None) == 1, "E2 broke: not what is older than a day goes."
        assert answers_left(*ages) == {"young", "nearly"}, (
            "E2 broke: an answer is kept too long, or too short."
        )
        assert perform(SYSTEM_ACTOR, purge_answers, None) == 0, "the job can run twice"
        assert answers_left(*ages) == {"young", "nearly"}, "a second run takes what the first one left"
        monkeypatch.setattr(clock, "now", lambda: now + 2 * second)
        assert perform(SYSTEM_ACTOR, run_if_due, job) is True
        assert answers_left(*ages) == {"young"}, "E2 broke: the server's own job does not forget."
        left = units().run(lambda session: session.scalars(select(IdempotentAnswer.body)).all())
        said = [once("young").open(body) for body in left]
        assert said == ['{"number": "A1"}'], "E2 broke: of what was forgotten something lies there still."


@pytest.mark.parametrize("back", [timedelta(minutes=10), timedelta(days=400)])
def test_a_clock_that_was_set_back_stops_no_job(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch, back: timedelta
) -> None:
    assert demo
    ran: list[datetime] = []
    job = Job("counted", timedelta(minutes=1), lambda work, _command: ran.append(work.now))
    real = clock.now
    with app.app_context():
        assert perform(SYSTEM_ACTOR, run_if_due, job) is True
        monkeypatch.setattr(clock, "now", lambda: real() - back)
        assert perform(SYSTEM_ACTOR, run_if_due, job) is True, "what ran in the future is not waited for"
        assert perform(SYSTEM_ACTOR, run_if_due, job) is False, "then again at its pace"
    assert len(ran) == 2


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("step", [timedelta(days=1), timedelta(minutes=-20)])
def test_Q10_E2_a_machine_whose_clock_is_wrong_ends_nobody_s_day(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    assert demo
    real_now, real_machine = clock.now, clock.machine
    turn, seal = Job("turn_day", timedelta(minutes=1), turn_day), JOURNAL_JOBS[0]
    with app.app_context():
        draw(2)
        monkeypatch.setattr(clock, "now", lambda: real_now() + step)
        monkeypatch.setattr(clock, "machine", lambda: real_machine() + step)
        assert perform(SYSTEM_ACTOR, run_if_due, turn) is False, "Q10 broke: a wrong clock ends the day."
        assert perform(SYSTEM_ACTOR, run_if_due, seal) is True, "O3 broke: what needs no clock is held up."
        assert states() == ["waiting"] * 2, "Q10 broke: whoever waits is sent home by a wrong clock."
        monkeypatch.setattr(clock, "machine", real_machine)
        assert perform(SYSTEM_ACTOR, run_if_due, turn) is True, "Its lease was not taken by the wrong one."
