"""Bundles (一件事): made and changed as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from hall.catalog.actions import lock, touch
from hall.catalog.former import keep_bundle
from hall.catalog.models import Bundle, BundleItem, BundleSituation, Line, ServiceItem, Situation
from hall.errors import Invalid

if TYPE_CHECKING:
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class SaveBundle:
    """A bundle as it is to be; `items`, `situations` and `line` by code. `bundle_id` None makes a new one."""

    site_id: int
    code: str
    name: str
    line: str
    items: tuple[str, ...]
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    in_turn: bool = False
    visits_before: int | None = None
    visits_after: int | None = None
    bundle_id: int | None = None


def save_bundle(work: Work, command: SaveBundle) -> int:
    """Make or change a bundle; answers its key. Raises Invalid with messages by field."""
    site = lock(work, command.site_id)
    line, items, tiles = _found(work, command)
    same = select(Bundle).where(Bundle.site_id == site.id, Bundle.code == command.code)
    known = work.session.scalar(same)
    if known is not None and known.id != command.bundle_id:
        said = _l("This code is taken.")
        raise Invalid(said, code="taken", errors={"code": [said]})
    bundle = known or Bundle(site_id=site.id, code=command.code, revision=0)
    if known is not None:
        keep_bundle(work, bundle)
    bundle.name, bundle.name_en = command.name, command.name_en
    bundle.aliases = "、".join(command.aliases)
    bundle.line_id, bundle.in_turn = line, command.in_turn
    bundle.visits_before, bundle.visits_after = command.visits_before, command.visits_after
    bundle.revision += 1
    work.session.add(bundle)
    work.session.flush()
    for table in (BundleItem, BundleSituation):
        work.session.execute(delete(table).where(table.bundle_id == bundle.id))
    work.session.add_all(
        BundleItem(bundle_id=bundle.id, item_id=item, sort=number) for number, item in enumerate(items)
    )
    work.session.add_all(BundleSituation(bundle_id=bundle.id, situation_id=tile) for tile in tiles)
    touch(work, site, f"bundle {bundle.code}")
    return bundle.id


def _found(work: Work, command: SaveBundle) -> tuple[int, list[int], list[int]]:
    """The keys of its line, items and situations; every one that is not there is named."""
    session, site_id = work.session, command.site_id
    errors: dict[str, list[object]] = {}
    line = session.scalar(select(Line.id).where(Line.site_id == site_id, Line.code == command.line))
    if line is None:
        errors["line"] = [_l("Choose one of the hall's lines.")]
    wanted = select(ServiceItem.code, ServiceItem.id).where(
        ServiceItem.site_id == site_id,
        ServiceItem.code.in_(command.items),
        ServiceItem.retired_at.is_(None),
    )
    items = {code: key for code, key in session.execute(wanted)}  # noqa: C416 - rows are not pairs to mypy
    missing = [code for code in command.items if code not in items]
    if missing:
        errors["items"] = [_l("No item has the code “%(value)s”.", value=code) for code in missing]
    elif not items:
        errors["items"] = [_l("A bundle needs at least one item.")]
    tiles = session.scalars(
        select(Situation.id).where(Situation.site_id == site_id, Situation.code.in_(command.situations))
    ).all()
    if errors or line is None:
        raise Invalid(_l("Please check the following"), errors=errors)
    return line, [items[code] for code in dict.fromkeys(command.items)], list(tiles)
