"""Loading bundles into a hall, alone or with the items they need: all in one transaction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete

from hall.catalog.actions import Load, Loaded, Unfit, load, lock, touch
from hall.catalog.bundle_plan import BundleChange, compare_bundles
from hall.catalog.former import keep_bundle
from hall.catalog.models import Bundle, BundleItem, BundleSituation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall.catalog.bundle_sheet import BundleRow
    from hall.catalog.changes import Wanted
    from hall.unit_of_work import Work


class UnfitBundles(Unfit):
    """A file of bundles that names what the hall does not have."""


@dataclass(frozen=True, slots=True)
class LoadBundles:
    """Make the hall's bundles as `wanted`."""

    site_id: int
    wanted: Sequence[BundleRow]


@dataclass(frozen=True, slots=True)
class LoadAll:
    """Make the hall's catalogue as `wanted`, then its bundles, which may need items that come with it."""

    site_id: int
    wanted: Wanted
    bundles: Sequence[BundleRow]


def load_bundles(work: Work, command: LoadBundles) -> Loaded:
    """Add what is new, change what is different, leave the rest (also what the file does not name).

    Raises UnfitBundles, and nothing is loaded, if the file names a line, an item or a life situation that is not there.
    """
    site = lock(work, command.site_id)
    plan = compare_bundles(work.session, site.id, command.wanted)
    if plan.problems:
        raise UnfitBundles(plan.problems, plan.problem_count)
    for change in plan.changes:
        _make(work, site.id, change)
    if not plan.nothing:
        said = f"bundles: {len(plan.added)} added, {len(plan.changed)} changed"
        touch(work, site, said, len(plan.changes))
    return Loaded(
        added=len(plan.added),
        changed=len(plan.changed),
        unchanged=plan.unchanged,
        departments=(),
        situations=(),
        retired=tuple(plan.retired),
        absent=plan.absent,
        revision=site.catalogue_revision,
    )


def load_all(work: Work, command: LoadAll) -> tuple[Loaded, Loaded]:
    """Items and bundles in one step; what was done with each. Raises Unfit or UnfitBundles: then neither is loaded."""
    items = load(work, Load(command.site_id, command.wanted))
    work.session.flush()
    return items, load_bundles(work, LoadBundles(command.site_id, command.bundles))


def _make(work: Work, site_id: int, change: BundleChange) -> None:
    if change.key is None:
        bundle = Bundle(site_id=site_id, code=change.code, revision=0)
    else:
        bundle = work.session.get_one(Bundle, change.key)
        keep_bundle(work, bundle)
    for column, value in change.values.items():
        setattr(bundle, column, value)
    bundle.revision += 1
    work.session.add(bundle)
    work.session.flush()
    if change.items is not None:
        work.session.execute(delete(BundleItem).where(BundleItem.bundle_id == bundle.id))
        work.session.add_all(
            BundleItem(bundle_id=bundle.id, item_id=item, sort=number)
            for number, item in enumerate(change.items)
        )
    if change.situations is not None:
        work.session.execute(delete(BundleSituation).where(BundleSituation.bundle_id == bundle.id))
        work.session.add_all(
            BundleSituation(bundle_id=bundle.id, situation_id=tile) for tile in change.situations
        )
