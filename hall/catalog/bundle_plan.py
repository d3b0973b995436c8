"""What a file of bundles would change in a hall: compared before anything is written. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.catalog.columns import shown
from hall.catalog.models import Bundle, BundleItem, BundleSituation, ServiceItem, Situation
from hall.catalog.plans import Change, NamedLines, PlanOf
from hall.catalog.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from hall.catalog.bundle_sheet import BundleRow

OWN = ("name", "name_en", "aliases", "in_turn", "visits_before", "visits_after")


@dataclass(frozen=True, slots=True)
class BundleChange(Change):
    """One bundle to add or to change. `items` and `situations` are keys, items in their order."""

    items: tuple[int, ...] | None = None
    situations: tuple[int, ...] | None = None


BundlePlan = PlanOf[BundleChange]


def compare_bundles(session: Session, site_id: int, wanted: Sequence[BundleRow]) -> BundlePlan:
    """Find out what these rows would change in the hall."""
    return _Comparison(session, site_id).plan(wanted)


class _Comparison:
    def __init__(self, session: Session, site_id: int) -> None:
        self.problems = Problems()
        self.result: BundlePlan = PlanOf()
        self.lines = NamedLines(session, site_id)
        bundles = session.scalars(select(Bundle).where(Bundle.site_id == site_id)).all()
        self.bundles = {row.code.casefold(): row for row in bundles} | {row.code: row for row in bundles}
        wanted = select(ServiceItem.code, ServiceItem.id, ServiceItem.retired_at)
        rows = session.execute(wanted.where(ServiceItem.site_id == site_id)).all()
        items = {code: (key, retired_at is not None) for code, key, retired_at in rows}
        self.items = {code.casefold(): found for code, found in items.items()} | items
        tiles = session.scalars(select(Situation).where(Situation.site_id == site_id)).all()
        self.tiles = {tile.name: tile.id for tile in tiles} | {tile.code: tile.id for tile in tiles}
        self.items_now: dict[int, list[int]] = {}
        self.tiles_now: dict[int, set[int]] = {}
        of_site = select(Bundle.id).where(Bundle.site_id == site_id)
        for inside in session.scalars(
            select(BundleItem).where(BundleItem.bundle_id.in_(of_site)).order_by(BundleItem.sort)
        ):
            self.items_now.setdefault(inside.bundle_id, []).append(inside.item_id)
        for behind in session.scalars(select(BundleSituation).where(BundleSituation.bundle_id.in_(of_site))):
            self.tiles_now.setdefault(behind.bundle_id, set()).add(behind.situation_id)

    def plan(self, wanted: Sequence[BundleRow]) -> BundlePlan:
        named = set()
        for row in wanted:
            known = self.bundles.get(row.code) or self.bundles.get(row.code.casefold())
            named.add(known.id if known else 0)
            if known is not None and known.retired_at is not None:
                self.result.retired.append(known.code)
            else:
                self._bundle(row, known)
        offered = {row.id for row in self.bundles.values() if row.retired_at is None}
        self.result.absent = len(offered - named)
        self.result.problems, self.result.problem_count = self.problems.found, self.problems.count
        return self.result

    def _bundle(self, row: BundleRow, known: Bundle | None) -> None:
        values: dict[str, Any] = {name: getattr(row, name) for name in OWN}
        values["aliases"] = "、".join(row.aliases)
        values["line_id"] = self.lines.of(row, self.problems) if known is None or row.line else known.line_id
        items, tiles = self._items_of(row), self._tiles_of(row)
        if known is None:
            self.result.changes.append(BundleChange(row.code, None, values, items, tiles))
            return
        differing = {
            name: value
            for name, value in values.items()
            if (name == "line_id" or row.says(name)) and getattr(known, name) != value
        }
        same_tiles = not row.says("situations") or set(tiles) == self.tiles_now.get(known.id, set())
        change = BundleChange(
            known.code,
            known.id,
            differing,
            None if list(items) == self.items_now.get(known.id, []) else items,
            None if same_tiles else tiles,
        )
        self.result.take(change)

    def _items_of(self, row: BundleRow) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for code in row.items:
            key, retired = self.items.get(code) or self.items.get(code.casefold()) or (None, False)
            if key is None:
                self.problems.add(row.source_line, "包含事项", "unknown_item", value=shown(code))
            elif retired:
                self.problems.add(row.source_line, "包含事项", "retired_item", value=shown(code))
            else:
                found.setdefault(key)
        return tuple(found)

    def _tiles_of(self, row: BundleRow) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for name in row.situations:
            key = self.tiles.get(name)
            if key is None:
                self.problems.add(row.source_line, "生活场景", "unknown_situation", value=shown(name))
            else:
                found.setdefault(key)
        return tuple(found)
