"""The search at the size of a county with all its townships: 10,000 items in one hall, over HTTP and in memory."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import Goal, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hall.catalog.spreadsheet import ItemRow

ITEMS = 10_000
LIMIT_MS = 50
ROUNDS = 5
QUERIES = (
    "yyzz", "y", "sfz", "营业执照", "yingyezhizhao", "营业zz", "身份证 补办", "jszbl", "cg", "driving lic", "411528",
    "一件事", "zzzzzzzz", "s" * 256,
)  # fmt: skip
WORDS = (
    "公司", "个体", "营业执照", "身份证", "户口", "登记", "变更", "注销", "补领", "许可", "备案", "驾驶证", "不动产",
    "抵押", "社会保险", "养老", "医疗", "生育", "残疾人", "公积金", "提取", "税务", "发票", "道路运输", "食品经营",
    "卫生", "教师资格", "婚姻", "出生", "证明", "年检", "换发", "申领", "核定", "补贴", "审批", "长葛", "信阳",
)  # fmt: skip


def run() -> Table:
    """Measure the slowest answer to each query, and what building the index costs."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, _hall(Path(folder)) as (ask, build_s):
        yardstick = _slowest(lambda: ask("/healthz"))
        for query in QUERIES:
            slowest = _slowest(lambda query=query: ask("/api/v1/sites/xixian/catalogue", query))  # type: ignore[misc]
            rows.append((query if len(query) < 20 else f"{query[:8]}… ({len(query)})", slowest))
    worst = max(slowest for _query, slowest in rows)
    return Table(
        title="Search in the catalogue",
        question=f"How long does an answer take at {ITEMS:,} items, papers read from the database included?",
        columns=("typed", "slowest of 5, ms"),
        rows=tuple(rows),
        goals=(Goal(f"under {LIMIT_MS} ms", f"{worst:.0f} ms", worst < LIMIT_MS),),
        notes=(
            f"the same test client and an empty route: {yardstick:.1f} ms",
            f"the first search after a change of the catalogue builds the index: {build_s:.1f} s",
        ),
    )


class _hall:  # noqa: N801 - a context manager, used as a function
    """A migrated demo hall with 10,000 more items."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> tuple[Callable[..., None], float]:
        from config import Config  # noqa: PLC0415 - with the product, which other benchmarks never load
        from hall import cli  # noqa: PLC0415
        from hall.actor import SYSTEM_ACTOR  # noqa: PLC0415
        from hall.catalog import actions  # noqa: PLC0415
        from hall.catalog.changes import Wanted  # noqa: PLC0415
        from hall.unit_of_work import perform  # noqa: PLC0415
        from wsgi import create_app  # noqa: PLC0415

        self._app = create_app(Config.from_env({"HALL_DATA": str(self._folder), "DEMO": "1"}))
        with self._app.app_context():
            cli.prepare()
            cli.load_demo()
            perform(SYSTEM_ACTOR, actions.load, actions.Load(1, Wanted(list(_items()))))
        client = self._app.test_client()

        def ask(path: str, query: str = "") -> None:
            answer = client.get(path, query_string={"q": query} if query else None)
            if answer.status_code != 200:
                raise AssertionError(answer.text)

        begin = time.perf_counter()
        ask("/api/v1/sites/xixian/catalogue", "yyzz")
        return ask, time.perf_counter() - begin

    def __exit__(self, *_: object) -> None:
        from hall.database import db  # noqa: PLC0415

        self._app.extensions["hall_units"].engine.dispose()
        with self._app.app_context():
            db.engine.dispose()


def _items() -> Iterator[ItemRow]:
    from hall.catalog.spreadsheet import ItemRow  # noqa: PLC0415

    chance = random.Random(20261124)
    for number in range(ITEMS):
        words = chance.sample(WORDS, chance.randint(3, 6))
        yield ItemRow(number, f"B-{number:05d}", "".join(words), "县政务局", aliases=tuple(words[:1]))


def _slowest(measured: Callable[[], None]) -> float:
    """Milliseconds of the slowest of some rounds; the first, which warms caches, is among them."""
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        measured()
        taken.append((time.perf_counter() - begin) * 1000)
    return max(taken)
