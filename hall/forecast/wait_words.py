"""A wait as people say it: 约 15–25 分钟, in Chinese and English."""

from __future__ import annotations

import math

from flask_babel import gettext as _

from hall.forecast.model import WaitRange
from hall.forecast.rounding import told

HOURS_FROM_MIN = 90  # longer waits are said in half hours


def wait_words(wait: WaitRange | None) -> str:
    """Say the range that half and nine of ten people wait at most, in steps of five minutes; empty if unknown."""
    if wait is None:
        return ""
    low, high = told(wait)
    if high <= 5:  # noqa: PLR2004 - the smallest step
        return str(_("less than 5 minutes"))
    if high > HOURS_FROM_MIN:
        first, last = max(0.5, low // 30 / 2), math.ceil(high / 30) / 2
        return str(_("about {range} hours")).replace("{range}", _range(first, last))
    return str(_("about {range} minutes")).replace("{range}", _range(low, high))


def _range(first: float, last: float) -> str:
    return f"{first:g}" if first == last else f"{first:g}–{last:g}"
