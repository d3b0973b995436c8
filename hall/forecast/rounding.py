"""The range as people are told it: in steps of five minutes, so that nobody takes an estimate for a promise. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hall.forecast.model import WaitRange

STEP_MIN = 5


def told(wait: WaitRange) -> tuple[int, int]:
    """Lower and upper minutes as slips, kiosk, phone and screens say them; both 5 for the shortest waits."""
    high = max(STEP_MIN, math.ceil(wait.p90_min / STEP_MIN) * STEP_MIN)
    low = max(STEP_MIN, math.floor(wait.p50_min / STEP_MIN) * STEP_MIN)
    return min(low, high), high
