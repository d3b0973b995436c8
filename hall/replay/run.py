"""One replay from the first person to the report: a driver for each queue, an ear for each office."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle

from hall.replay.drive import Clock, Deeds, Driver, Watching
from hall.replay.ear import Ear
from hall.replay.plan import DayPlan
from hall.replay.report import Report
from hall.replay.stage import Stage

LAST_NEWS_S = 5.0


@dataclass(frozen=True, slots=True)
class Scene:
    """An office's day, and the site where it is played."""

    plan: DayPlan
    stage: Stage


async def act(
    servers: Sequence[str], scenes: Sequence[Scene], clock: Clock, watching: Watching
) -> list[list[Deeds]]:
    """The day of all these offices on one clock, the queues dealt to the servers in turn; the deeds by office."""
    server = cycle(servers)
    drivers = [
        [Driver(next(server), scene.stage, queue, watching) for queue in scene.plan.queues]
        for scene in scenes
    ]
    doing = (asyncio.gather(*(driver.run(clock) for driver in office)) for office in drivers)
    return [list(done) for done in await asyncio.gather(*doing)]


def run(servers: Sequence[str], scenes: Sequence[Scene], speed: float, watching: Watching) -> Report:
    """Replay the day. Raises socketio.exceptions.SocketIOError where a server has no live channel."""
    with ExitStack() as listening:
        ears = [Ear(server, scene.stage.site) for server, scene in zip(cycle(servers), scenes, strict=False)]
        for ear in ears:
            ear.listen()
            listening.callback(ear.hang_up)
        clock = Clock(min(scene.plan.begins for scene in scenes), speed)
        deeds = asyncio.run(act(servers, scenes, clock, watching))
        seconds = time.monotonic() - clock.started
        missed = [_missed(*each) for each in zip(scenes, ears, deeds, strict=True)]
        return _judge(scenes, ears, [deed for office in deeds for deed in office], missed, speed, seconds)


def _missed(scene: Scene, ear: Ear, deeds: Sequence[Deeds]) -> list[str]:
    """What the office's live channel should have told and did not."""
    pressed = {(press.number, press.window) for deed in deeds for press in deed.presses}
    missing = ear.wait_for(pressed, LAST_NEWS_S)
    errors = [f"{number} to {window} never appeared on the board" for number, window in sorted(missing)]
    counts = {scene.stage.lines[part.queue]: part.left_waiting for part in scene.plan.queues}
    if not ear.wait_for_counts(counts, LAST_NEWS_S):
        shown = {code: ear.waiting.get(code) for code in counts}
        errors.append(f"people waiting at the end: the lines show {shown}, due are {counts}")
    if ear.lost:
        errors.append(f"the live channel was lost {ear.lost} times")
    return errors


def _judge(  # noqa: PLR0917 - one call
    scenes: Sequence[Scene],
    ears: Sequence[Ear],
    deeds: Sequence[Deeds],
    missed: Sequence[Sequence[str]],
    speed: float,
    seconds: float,
) -> Report:
    seen = {call: at for ear in ears for call, at in ear.seen.items()}
    presses = [press for deed in deeds for press in deed.presses]
    errors = [error for deed in deeds for error in deed.errors]
    errors += [error for office in missed for error in office]
    planned = sum(len(queue.waits) for scene in scenes for queue in scene.plan.queues)
    if len(presses) != planned and not errors:
        errors.append(f"{len(presses)} calls were made where the record has {planned}")
    return Report(
        plans=tuple(scene.plan for scene in scenes),
        speed=speed,
        seconds=seconds,
        tickets=sum(deed.drawn for deed in deeds),
        calls=len(presses),
        left=sum(deed.left for deed in deeds),
        waits=[wait * speed / 60 for deed in deeds for wait in deed.waits],
        live_ms=[
            (seen[call] - press.pressed) * 1000
            for press in presses
            if (call := (press.number, press.window)) in seen
        ],
        messages=sum(ear.messages for ear in ears),
        late_s=max(deed.late_s for deed in deeds),
        behind_ms=[(press.pressed - press.due) * 1000 for press in presses],
        without_window=sum(deed.without_window for deed in deeds),
        repeated=sum(deed.repeated for deed in deeds),
        errors=tuple(errors),
    )
