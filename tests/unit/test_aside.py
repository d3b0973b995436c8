"""Long work goes on beside the server: others have their turns meanwhile, in the caller's own language and errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gevent

from hall.aside import STEP, giving_way

PROGRAM = """
from gevent import monkey; monkey.patch_all()
import gevent
from contextvars import ContextVar
from hall.aside import aside

language = ContextVar("language")

def long(until):
    total = 0
    for number in range(until):
        total += number * number
    return language.get(), total

def damaged():
    raise ValueError("damaged")

language.set("zh")
turns = 0
def others():
    global turns
    while True:
        turns += 1
        gevent.sleep(0)
gevent.spawn(others)
gevent.sleep(0)
before = turns
found = aside(long, 20_000_000)
assert found[0] == "zh", found
try:
    aside(damaged)
except ValueError as problem:
    assert str(problem) == "damaged"
print(turns - before)
"""


def test_others_have_their_turns_while_something_long_is_done() -> None:
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    assert int(told.stdout) > 20, f"they had {told.stdout.strip()} turns"


def test_others_have_their_turns_between_the_steps_of_long_work_that_needs_the_session() -> None:
    turns: list[int] = []
    done: list[int] = []

    def others() -> None:
        while len(done) < STEP * 5:
            turns.append(len(done))
            gevent.sleep(0)

    waiting = gevent.spawn(others)
    done.extend(giving_way(range(STEP * 5)))
    waiting.join()
    assert done == list(range(STEP * 5))
    assert len(turns) >= 5
