"""One replay from the first person to the report: a driver for each queue, one ear for all."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from hall.replay.drive import Clock, Driver
from hall.replay.ear import Ear
from hall.replay.plan import DayPlan
from hall.replay.report import Report
from hall.replay.stage import Stage

LAST_NEWS_S = 5.0


def run(server: str, stage: Stage, plan: DayPlan, speed: float, tick: Callable[[float], None]) -> Report:
    """Replay the day. `tick(minute)` is called after each step, from this thread."""
    ear = Ear(server, stage.site)
    ear.listen()
    done: queue.SimpleQueue[float] = queue.SimpleQueue()
    drivers = [Driver(server, stage, part, done.put) for part in plan.queues]
    clock = Clock(plan.begins, speed)
    threads = [
        threading.Thread(target=driver.run, args=(clock,), name=driver.plan.prefix, daemon=True)
        for driver in drivers
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or not done.empty():
        try:
            tick(done.get(timeout=0.2))
        except queue.Empty:
            continue
    seconds = time.monotonic() - clock.started
    report = _judge(plan, stage, ear, drivers, speed, seconds)
    ear.hang_up()
    return report


def _judge(  # noqa: PLR0917 - one call
    plan: DayPlan, stage: Stage, ear: Ear, drivers: list[Driver], speed: float, seconds: float
) -> Report:
    deeds = [driver.deeds for driver in drivers]
    pressed = {call: at for deed in deeds for call, at in deed.pressed.items()}
    errors = [error for deed in deeds for error in deed.errors]
    missing = ear.wait_for(set(pressed), LAST_NEWS_S)
    errors += [f"{number} to {window} never appeared on the board" for number, window in sorted(missing)]
    counts = {stage.lines[part.queue]: part.left_waiting for part in plan.queues}
    if not ear.wait_for_counts(counts, LAST_NEWS_S):
        shown = {code: ear.waiting.get(code) for code in counts}
        errors.append(f"people waiting at the end: the lines show {shown}, due are {counts}")
    planned = sum(len(part.waits) for part in plan.queues)
    if len(pressed) != planned and not errors:
        errors.append(f"{len(pressed)} calls were made where the record has {planned}")
    if ear.lost:
        errors.append(f"the live channel was lost {ear.lost} times")
    return Report(
        plan=plan,
        speed=speed,
        seconds=seconds,
        tickets=sum(deed.drawn for deed in deeds),
        calls=len(pressed),
        left=sum(deed.left for deed in deeds),
        still_waiting=sum(counts.values()),
        waits=[wait * speed / 60 for deed in deeds for wait in deed.waits],
        live_ms=[(ear.seen[call] - at) * 1000 for call, at in pressed.items() if call in ear.seen],
        messages=ear.messages,
        late_s=max(deed.late_s for deed in deeds),
        without_window=sum(deed.without_window for deed in deeds),
        repeated=sum(deed.repeated for deed in deeds),
        errors=tuple(errors),
    )
