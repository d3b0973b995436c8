"""The demo accounts' passwords, hashed at the least cost: hundreds of tests sign in, and argon2 is slow on purpose."""

from __future__ import annotations

import json

from argon2 import PasswordHasher
from sqlalchemy import create_engine, text

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def cheapen(database_url: str, told: str) -> None:
    """Hash the passwords that `flask hall demo --json` told anew; everything else about them stays as it is."""
    engine = create_engine(database_url)
    change = text('UPDATE staff SET password_hash = :hash WHERE "user" = :user')
    with engine.begin() as connection:
        for person in json.loads(told)["staff"]:
            given = {"user": person["user"], "hash": CHEAP.hash(person["password"])}
            assert connection.execute(change, given).rowcount == 1, person["user"]
    engine.dispose()
