"""What items and bundles said before a change: a case goes on with the checklist that it began with (I2)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.changes import PAPER, PAPER_FLAGS
from hall.catalog.models import Bundle, BundleItem, FormerContent, Material, ServiceItem
from hall.catalog.queries import procedures_of

if TYPE_CHECKING:
    from hall.unit_of_work import Work

ITEM = (
    "code", "name", "name_en", "department_id", "line_id", "group_name", "task_type", "kind", "statutory_days",
    "committed_days", "fee", "fee_en", "aliases", "mode", "second_review", "legal_basis", "result_name",
    "result_name_en",
)  # fmt: skip
BUNDLE = ("code", "name", "name_en", "aliases", "line_id", "in_turn", "visits_before", "visits_after")


def keep_item(work: Work, item: ServiceItem) -> None:
    """Keep what the item says now, with its papers, under its present revision. Call it before the change."""
    said: dict[str, object] = {name: getattr(item, name) for name in ITEM}
    papers = work.session.scalars(
        select(Material).where(Material.item_id == item.id).order_by(Material.sort, Material.id)
    )
    said["materials"] = [{name: getattr(paper, name) for name in (*PAPER, *PAPER_FLAGS)} for paper in papers]
    said["procedures"] = [asdict(one) for one in procedures_of(work.session, [item.id]).get(item.id, ())]
    _keep(work, "item", item, said)


def keep_bundle(work: Work, bundle: Bundle) -> None:
    """Keep what the bundle says now, with its items in their order."""
    said: dict[str, object] = {name: getattr(bundle, name) for name in BUNDLE}
    items = work.session.scalars(
        select(BundleItem.item_id).where(BundleItem.bundle_id == bundle.id).order_by(BundleItem.sort)
    )
    said["items"] = list(items)
    _keep(work, "bundle", bundle, said)


def _keep(work: Work, kind: str, row: ServiceItem | Bundle, said: dict[str, object]) -> None:
    work.session.add(
        FormerContent(
            kind=kind,
            owner_id=row.id,
            revision=row.revision,
            content=json.dumps(said, ensure_ascii=False),
            replaced_at=work.now,
        )
    )
