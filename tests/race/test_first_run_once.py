"""Two people send the first page at the same moment: one hall is made, by one of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.accounts.passwords import hash_password
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.errors import DomainError
from hall.first_run.actions import SetUp, fresh_code, set_up
from hall.first_run.rules import LINES, WINDOWS
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from flask import Flask


def test_of_eight_who_set_up_at_once_one_does(app: Flask) -> None:
    with app.app_context():
        code = perform(SYSTEM_ACTOR, fresh_code, None) or ""
    password_hash = hash_password("four winds 88")

    def try_it(number: int) -> str:
        command = SetUp(
            code,
            f"hall-{number}",
            "大厅",
            "",
            "Asia/Shanghai",
            LINES,
            WINDOWS,
            f"user{number}",
            "周",
            password_hash,
        )
        with app.app_context():
            try:
                perform(SYSTEM_ACTOR, set_up, command)
            except DomainError as problem:
                return problem.code
        return "made"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(try_it, range(8)))
    assert answers.count("made") == 1, answers
    assert set(answers) <= {"made", "set_up", "wrong_code"}
    with app.app_context():
        counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Staff, Site)]
    assert counts == [1, 1]
