"""What docs/scaling.md reckons for county, city and province follows from the figures that it says were measured."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.unit.test_docs_true import page, rows

UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "million": 1e6, "%": 0.01, "ms": 1e-3, "µs": 1e-6}
EVENTS, ROWS, DAYS, BUSIEST, OPEN, DEVICES = 5, 8, 250, 0.15, 1 / 6, 100
HALLS = (1, 25, 150)


def figures(cell: str) -> list[float]:
    """Numbers with their units, in bytes, seconds and shares."""
    found = re.findall(r"([\d,]*\d(?:\.\d+)?) ?(KB|MB|GB|million|%|ms|µs)?", cell)
    return [float(number.replace(",", "")) * UNITS.get(unit, 1) for number, unit in found]


@dataclass(frozen=True)
class Measured:
    """What the page's first table says."""

    event_s: float
    ticket: float
    entry: float
    slip: float
    connection: float
    message_s: float


@pytest.fixture
def told() -> dict[str, list[str]]:
    text = page("scaling.md").partition("## County, city, province")[2]
    return {cells[0]: cells[1:] for cells in rows(text)}


@pytest.fixture
def measured(told: dict[str, list[str]]) -> Measured:
    first = {name: figures(cells[0]) for name, cells in told.items() if len(cells) == 1}
    watched = next(found for name, found in first.items() if name.startswith("the same, built where"))
    ticket, entry, slip = (first[f"a {what}"][0] for what in ("ticket's row", "journal's row", "slip's row"))
    return Measured(
        sum(watched[:3]), ticket, entry, slip,
        next(found[0] for name, found in first.items() if name.startswith("a phone's connection")),
        next(found[0] for name, found in first.items() if name.startswith("a message to one phone")),
    )  # fmt: skip


def reckoned(halls: int, measured: Measured) -> dict[str, float]:
    tickets = 3_000 * halls
    events_s = tickets * EVENTS * BUSIEST / 3600
    phones = tickets * OPEN
    yearly = tickets * DAYS
    return {
        "tickets a day": tickets,
        "events a second in the busiest hour": events_s,
        "open connections then": phones + DEVICES * halls,
        "processor for events, of one core": events_s * measured.event_s,
        "processor if each phone hears once a second": phones * measured.message_s,
        "memory of connections": (phones + DEVICES * halls) * measured.connection,
        "tickets a year": yearly,
        "journal rows a year": yearly * ROWS,
        "disk a year, tickets, slips and journal": yearly
        * (measured.ticket + measured.slip + ROWS * measured.entry),
    }


def test_county_city_and_province_follow_from_what_was_measured(
    told: dict[str, list[str]], measured: Measured
) -> None:
    wrong = []
    for at, halls in enumerate(HALLS):
        for name, value in reckoned(halls, measured).items():
            said = figures(told[name][at])[0]
            within = value <= said if "below" in told[name][at] else said == pytest.approx(value, rel=0.07)
            if not within and round(value, 2) != said:
                wrong.append(f"{name}, {halls} halls: {told[name][at]}, but it is {value:.3g}")
    assert not wrong, "\n".join(wrong)
