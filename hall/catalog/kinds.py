"""Words that a catalogue is written in: what sort of act an item is, and how soon it ends."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class TaskType(IntEnum):
    """The kinds of act that people apply for (事项类型), with the numbers of the national list.

    The numbers left out (penalties, coercion, levies, inspections) are what an office does of its own accord:
    nobody draws a ticket for them.
    """

    PERMIT = 1
    PAYMENT = 5
    CONFIRMATION = 7
    REWARD = 8
    RULING = 9
    OTHER_POWER = 10
    PUBLIC_SERVICE = 20


TASK_TYPE_NAMES: dict[TaskType, str] = {
    TaskType.PERMIT: "行政许可",
    TaskType.PAYMENT: "行政给付",
    TaskType.CONFIRMATION: "行政确认",
    TaskType.REWARD: "行政奖励",
    TaskType.RULING: "行政裁决",
    TaskType.OTHER_POWER: "其他行政权力",
    TaskType.PUBLIC_SERVICE: "公共服务",
}
"""The official Chinese name of each kind, as spreadsheets have it."""


MODE_NAMES: dict[str, str] = {"separated": "受审分离", "same_desk": "受办一体", "township": "乡镇受理"}
"""How receiving and reviewing are kept apart (I1): by different people, by one at the desk, at the township."""


class Kind(StrEnum):
    """Done while the applicant waits (即办件), or within the days promised (承诺件)."""

    INSTANT = "instant"
    COMMITTED = "committed"


KIND_NAMES: dict[Kind, str] = {Kind.INSTANT: "即办件", Kind.COMMITTED: "承诺件"}
"""The Chinese name of each, as spreadsheets have it."""
