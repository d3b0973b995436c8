"""What a new draft says, in the official language, from the figures; people edit it (M8). Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

PARTS = {"am": "上午", "pm": "下午"}
NAMED = 5
"""So many overdue findings are named in the text; of more the annex tells."""
# `illness` only for what was frozen before reasons of health were left out: its words stay what they were
REASONS = {
    "leadership": "参加县领导会议",
    "flood": "防汛值班",
    "illness": "因病",
    "not_told": "未接到值守通知",
}


def chinese_day(day: str) -> str:
    """2026年12月7日."""
    found = date.fromisoformat(day)
    return f"{found.year}年{found.month}月{found.day}日"


def short_day(day: str) -> str:
    """12月7日."""
    found = date.fromisoformat(day)
    return f"{found.month}月{found.day}日"


def called(year: int, number: int) -> str:
    """How a bulletin is cited: 2026年第3期."""
    return f"{year}年第{number}期"


def title_of(figures: dict[str, Any]) -> str:
    """The title of a new draft."""
    first, last = figures["first"], figures["last"]
    span = chinese_day(first) if first == last else f"{chinese_day(first)}至{_until(first, last)}"
    return f"关于{span}“{figures['rota']['name']}”活动情况的通报"


def _until(first: str, last: str) -> str:
    return short_day(last) if first[:4] == last[:4] else chinese_day(last)


def text_of(figures: dict[str, Any]) -> str:
    """The text of a new draft: one paragraph a line, headings begin with their Chinese number."""
    total, days = figures["totals"], figures["days"]
    first, last = figures["first"], figures["last"]
    span = chinese_day(first) if first == last else f"{chinese_day(first)}至{chinese_day(last)}"
    held = f"“{figures['rota']['name']}”共开展{len(days)}天，安排值守{total['turns']}人次"
    lines = [
        f"{span}，{held}。现将有关情况通报如下。",
        "一、到岗情况",
        _attendance(total),
        *_absent(figures["attendance"]),
        "二、事项办理情况",
        _matters(figures["matters"]),
        "三、问题整改情况",
        *_findings(figures["findings"]),
        "四、单位排名",
        *_ranking(figures["bodies"]),
        "五、工作要求",
        "各单位要按时到岗、按期办结，对照问题台账逐项整改。逾期未整改的问题，下期继续通报。",
    ]
    return "\n".join(lines)


def _attendance(total: dict[str, int]) -> str:
    as_head = total["present"] + total["late"] + total["left_early"]
    said = [f"主要负责人到岗{as_head}人次"]
    if total["late"] or total["left_early"]:
        said.append(f"其中迟到{total['late']}人次、早退{total['left_early']}人次")
    said += [
        f"{word}{total[kind]}人次"
        for kind, word in (("stand_in", "他人代为接待"), ("on_leave", "请假"), ("absent", "缺席"))
        if total[kind]
    ]
    if total["explained"]:
        said.append(f"未到岗、经说明不计缺席{total['explained']}人次")
    if total.get("checking"):
        said.append(f"未到岗正在核实{total['checking']}人次")
    return "，".join(said) + "。"


def explained(turn: dict[str, Any]) -> str:
    """What the department said of an absence that remains one, in brackets; nothing where it did not ask for that."""
    told = turn.get("explanation")
    if not told:
        return ""
    return (
        f"（单位说明：{'，'.join(part for part in (REASONS.get(told['reason'], ''), told['said']) if part)}）"
    )


def _absent(turns: Iterable[dict[str, Any]]) -> list[str]:
    lines = []
    for kind, words in (("absent", "缺席情况已与单位核实"), ("checking", "未到岗情况正与单位核实")):
        missing = [
            f"{short_day(turn['day'])}{PARTS[turn['part']]}{turn['body']}{explained(turn)}"
            for turn in turns
            if turn["kind"] == kind
        ]
        lines += [f"{words}：{'；'.join(missing)}。"] if missing else []
    return lines


def _matters(matters: dict[str, int]) -> str:
    if not matters["taken"] and not matters["pointed"]:
        return "本期没有受理疑难事项。"
    late = f"（其中逾期兑现{matters['kept_late']}件）" if matters.get("kept_late") else ""
    return (
        f"受理疑难事项{matters['taken']}件，作出承诺{matters['promised']}件，已兑现{matters['kept']}件{late}，"
        f"未兑现{matters['not_kept']}件，引导至信访接待场所{matters['pointed']}件。"
    )


def _findings(findings: dict[str, Any]) -> list[str]:
    lines = [
        f"新发现问题{findings['found']}个，销号{findings['closed']}个，尚未整改到位{findings['open']}个。"
    ]
    late = [
        f"{one['number']}“{one['title']}”（{one['body']}，应于{short_day(one['due_on'])}前完成）"
        for one in findings["overdue"]
    ]
    if len(late) > NAMED:
        return [*lines, f"逾期未整改{len(late)}个，详见附件。"]
    return [*lines, f"逾期未整改：{'；'.join(late)}。"] if late else lines


def _ranking(bodies: Iterable[dict[str, Any]]) -> list[str]:
    placed = sorted((one for one in bodies if one["rank"]), key=lambda one: (one["rank"], one["name"]))
    if not placed:
        return ["本期没有可以排名的单位。"]
    if placed[0]["score"] == "0.0":
        return ["本期各单位均未得分。全部排名及计算办法见附件。"]
    best = [one["name"] for one in placed if one["rank"] == 1]
    return [f"得分最高的单位：{'、'.join(best)}（{placed[0]['score']}分）。全部排名及计算办法见附件。"]


def correction_title(year: int, number: int) -> str:
    """The title of a correction."""
    return f"关于{called(year, number)}通报的更正"


def correction_text(year: int, number: int, title: str) -> str:
    """What a correction begins with; what was wrong is written by a person."""
    return "\n".join(
        (
            f"{called(year, number)}《{title}》中下列内容有误，现更正如下。",
            "（原文：……　更正为：……）",
            "其他内容不变。更正后的数据见附件。",
        )
    )
