"""The demo hall as data: the hall of Xi County with its departments, lines, windows, items, papers and bundles.

Written for this product after the practice of Chinese county halls; fees and days are examples, not legal advice.
Days are working days: where a law counts calendar days, they were turned into working days, rounded down.
The staff of the demo is made elsewhere.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from hall.catalog.columns import Procedure
from hall.catalog.kinds import Kind, TaskType


@dataclass(frozen=True, slots=True)
class DemoSite:
    """The hall itself; `division` is the county's six-digit division code."""

    code: str
    name: str
    name_en: str
    county: str
    county_en: str
    division: str


@dataclass(frozen=True, slots=True)
class DemoDepartment:
    """An authority behind the windows: the official name, and the one people use."""

    code: str
    name: str
    short_name: str
    name_en: str
    phone: str


@dataclass(frozen=True, slots=True)
class DemoSituation:
    """A life situation: one tile of the kiosk; `icon` names its picture sign."""

    code: str
    name: str
    name_en: str
    icon: str


@dataclass(frozen=True, slots=True)
class DemoLine:
    """A line (队列), in the order in which lines are shown."""

    code: str
    prefix: str
    name: str
    name_en: str
    examples: str
    examples_en: str
    collects: bool = False


@dataclass(frozen=True, slots=True)
class DemoWindow:
    """A window: `area` is written on signs, `floor` is spoken; lines by code in two tiers (Q5)."""

    code: str
    number: int
    name: str
    name_en: str
    area: str
    area_en: str
    floor: str
    floor_en: str
    preferred: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoMaterial:
    """A paper that an item asks for. `paper` is the same key wherever the same paper is meant (I2).

    `condition` is "" for a paper that everybody brings; else it says who brings it.
    """

    paper: str
    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str
    deferrable: bool
    source: str
    source_en: str
    e_licence: bool

    @property
    def required(self) -> bool:
        """Whether everybody brings it."""
        return not self.condition


@dataclass(frozen=True, slots=True)
class DemoItem:
    """A service item. Days are working days; `statutory_days` None: the law sets none; committed 0: instant."""

    code: str
    name: str
    name_en: str
    department: str
    line: str
    situations: tuple[str, ...]
    task_type: TaskType
    kind: Kind
    statutory_days: int | None
    committed_days: int
    fee: str
    fee_en: str
    aliases: tuple[str, ...]
    mode: str
    second_review: bool
    legal_basis: str
    result_name: str
    result_name_en: str
    procedures: tuple[Procedure, ...]
    materials: tuple[DemoMaterial, ...]


@dataclass(frozen=True, slots=True)
class DemoBundle:
    """A life-event bundle: items by code in order, side by side ("together") or one after the other ("in_turn").

    `shared_papers` are the keys of papers that several of its items ask for and that are handed in once;
    trips are visits to offices without and with the bundle.
    """

    code: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    situations: tuple[str, ...]
    line: str
    order: Literal["together", "in_turn"]
    items: tuple[str, ...]
    shared_papers: tuple[str, ...]
    trips_before: int
    trips_after: int


@dataclass(frozen=True, slots=True)
class DemoHall:
    """Everything, each list in the order in which it is shown."""

    site: DemoSite
    departments: tuple[DemoDepartment, ...]
    situations: tuple[DemoSituation, ...]
    lines: tuple[DemoLine, ...]
    windows: tuple[DemoWindow, ...]
    items: tuple[DemoItem, ...]
    bundles: tuple[DemoBundle, ...]


@cache
def load() -> DemoHall:
    """The demo hall. Always the same frozen object."""
    hall = _json("hall.json")
    return DemoHall(
        site=DemoSite(**hall["site"]),
        departments=tuple(DemoDepartment(**row) for row in hall["departments"]),
        situations=tuple(DemoSituation(**row) for row in hall["situations"]),
        lines=tuple(DemoLine(**row) for row in hall["lines"]),
        windows=tuple(DemoWindow(**_frozen(row)) for row in hall["windows"]),
        items=_items(),
        bundles=tuple(DemoBundle(**_frozen(row)) for row in _json("bundles.json")),
    )


def _items() -> tuple[DemoItem, ...]:
    papers = {row["key"]: row for row in _csv("papers.csv")}
    materials: dict[str, list[DemoMaterial]] = {}
    for row in _csv("materials.csv"):
        materials.setdefault(row["item_code"], []).append(_material(row, papers[row["paper"]]))
    procedures: dict[str, list[Procedure]] = {}
    for row in _csv("procedures.csv"):
        found = procedures.setdefault(row["item_code"], [])
        found.append(Procedure(row["name"], int(row["planned_days"]), row["basis"]))
    return tuple(
        _item(row, tuple(materials[row["code"]]), tuple(procedures.get(row["code"], ())))
        for row in _csv("items.csv")
    )


def _material(row: dict[str, str], paper: dict[str, str]) -> DemoMaterial:
    return DemoMaterial(
        paper=row["paper"],
        name=paper["name"],
        name_en=paper["name_en"],
        originals=int(row["originals"]),
        copies=int(row["copies"]),
        condition=row["condition"],
        condition_en=row["condition_en"],
        deferrable=row["deferrable"] == "1",
        source=paper["source"],
        source_en=paper["source_en"],
        e_licence=paper["e_licence"] == "1",
    )


def _item(
    row: dict[str, str], materials: tuple[DemoMaterial, ...], procedures: tuple[Procedure, ...]
) -> DemoItem:
    return DemoItem(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        department=row["department"],
        line=row["line"],
        situations=tuple(row["situations"].split()),
        task_type=TaskType(int(row["task_type"])),
        kind=Kind(row["kind"]),
        statutory_days=int(row["statutory_days"]) if row["statutory_days"] else None,
        committed_days=int(row["committed_days"]),
        fee=row["fee"],
        fee_en=row["fee_en"],
        aliases=tuple(row["aliases"].split("、")),
        mode=row["mode"],
        second_review=row["second_review"] == "1",
        legal_basis=row["legal_basis"],
        result_name=row["result_name"],
        result_name_en=row["result_name_en"],
        procedures=procedures,
        materials=materials,
    )


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _json(name: str) -> Any:  # noqa: ANN401 - the shape is known where it is read
    return json.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))


def _csv(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines()))
