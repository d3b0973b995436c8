"""The hours that most county halls keep: a start for a new hall."""

from __future__ import annotations

from hall.hours.models import OpeningHours

USUAL_DAY = (("08:30", "12:00", False), ("12:00", "14:30", True), ("14:30", "17:30", False))
WORKING_WEEKDAYS = range(5)


def usual_hours(site_id: int) -> list[OpeningHours]:
    """Monday to Friday, half past eight to half past five, lunch from noon to half past two."""
    return [
        OpeningHours(site_id=site_id, weekday=weekday, opens=opens, closes=closes, lunch=lunch)
        for weekday in WORKING_WEEKDAYS
        for opens, closes, lunch in USUAL_DAY
    ]
