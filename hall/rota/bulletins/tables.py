"""The tables of a bulletin, in the official language, for the Word document; the page says the same in both. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hall.rota.bulletins.drafting import PARTS, explained, short_day

KINDS = {
    "present": "到岗",
    "late": "迟到",
    "left_early": "早退",
    "stand_in": "代为接待",
    "on_leave": "请假",
    "absent": "缺席",
    "explained": "已说明",
    "checking": "核实中",
    "expected": "未开始",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One annex: its title, heads, rows, and a note below. `widths` in millimetres fill the 156 mm of the text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    note: str = ""


def all_of(figures: dict[str, Any]) -> tuple[Table, ...]:
    """Attendance, ranking, and overdue findings where there are some."""
    found = (_attendance(figures), _ranking(figures), _overdue(figures))
    return tuple(table for table in found if table.rows)


def _attendance(figures: dict[str, Any]) -> Table:
    rows = tuple(
        (
            f"{short_day(turn['day'])}{PARTS[turn['part']]}",
            str(turn["window"]),
            turn["body"],
            f"{turn['head']} {turn['title']}".strip(),
            _came(turn),
        )
        for turn in figures["attendance"]
    )
    heads = ("时间", "窗口", "单位", "主要负责人", "到岗情况")
    return Table("到岗情况", heads, rows, (36, 13, 44, 31, 32))


def _came(turn: dict[str, Any]) -> str:
    said = KINDS[turn["kind"]]
    if turn["kind"] == "stand_in" and turn["came"]:
        said = f"{turn['came']}代为接待"
    minutes = [f"迟到{turn['late_min']}分钟"] if turn["late_min"] else []
    minutes += [f"早退{turn['early_min']}分钟"] if turn["early_min"] else []
    said = "，".join(minutes) if minutes and turn["kind"] in {"late", "left_early"} else said
    return said + explained(turn)


def _ranking(figures: dict[str, Any]) -> Table:
    rows = tuple(
        (
            str(one["rank"] or "—"),
            one["name"],
            f"{one['present'] + one['late'] + one['left_early']}/{one['turns']}",
            f"{one['findings_in_time']}/{one['findings_due']}",
            _promises(one),
            one["score"] or "—",
        )
        for one in figures["bodies"]
    )
    promises = (
        "承诺：按期/逾期/未兑现"
        if all("promises_late" in one for one in figures["bodies"])
        else "兑现/应兑现"
    )
    heads = ("名次", "单位", "到岗/轮值", "按期整改/应整改", promises, "得分")
    return Table("单位排名", heads, rows, (13, 56, 21, 25, 25, 16), method(figures))


def _promises(one: dict[str, Any]) -> str:
    """In time, late, broken; older bulletins, frozen before, tell what was kept of what was due."""
    if "promises_late" not in one:
        return f"{one['promises_kept']}/{one['promises_due']}"
    return f"{one['promises_kept']}/{one['promises_late']}/{one['promises_broken']}"


def method(figures: dict[str, Any]) -> str:
    """The formula as it was frozen; the oldest bulletins have its weights alone, and these words."""
    said: str = figures.get("method") or formula(figures["formula"], "已说明情况的未到岗")
    return said


def formula(weights: dict[str, int], excused: str = "所作说明获认可的未到岗") -> str:
    """The formula, as it is printed below the ranking."""
    return (
        f"计算办法：得分＝到岗率×{weights['attendance']}＋按期整改率×{weights['findings']}＋承诺兑现率×{weights['promises']}。"
        "到岗率：主要负责人到岗计1，迟到或早退计0.5，缺席、未经批准的代为接待计0；请假、"
        f"{excused}、经批准的代为接待不计入。"
        f"{_late_promise(weights)}"
        "某项没有应完成事项的，其权重由其他各项按比例分担；三项均没有的不排名。得分相同的名次并列。"
    )


def _late_promise(weights: dict[str, int]) -> str:
    """What a promise counts by when it was kept; bulletins frozen before that was told apart say nothing of it."""
    if "promise_late" not in weights:
        return ""
    return f"承诺兑现率：按期兑现计1，逾期兑现计{weights['promise_late'] / 100:g}，未兑现或逾期仍未办结计0。"


def _overdue(figures: dict[str, Any]) -> Table:
    rows = tuple(
        (one["number"], one["title"], one["body"], short_day(one["due_on"]))
        for one in figures["findings"]["overdue"]
    )
    heads = ("编号", "问题", "责任单位", "应完成日期")
    return Table("逾期未整改的问题", heads, rows, (28, 60, 42, 26))
