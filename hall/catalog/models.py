"""Tables of the catalogue. Nothing that was used is deleted: it is retired."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Department(Keyed, Base):
    """An authority behind the windows."""

    __tablename__ = "department"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    retired_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("site_id", "code"),)


class Line(Keyed, Base):
    """A queue (队列). `code` is a global slug, `prefix` one or two letters unique within the site (Q1).

    `examples` says in citizens' words what belongs there (社保卡、养老金), since its name seldom does. Where it
    `collects`, results are handed out: applicants are sent to the windows of these lines (出件).
    """

    __tablename__ = "line"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(60), unique=True)
    prefix: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    examples: Mapped[str] = mapped_column(String(60), default="")
    examples_en: Mapped[str] = mapped_column(String(80), default="")
    target_min: Mapped[int | None]
    lunch_open: Mapped[bool] = mapped_column(default=False)
    collects: Mapped[bool] = mapped_column(default=False)
    stopped_reason: Mapped[str | None] = mapped_column(String(200))
    stopped_on: Mapped[str | None] = mapped_column(String(10))
    sort: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("site_id", "prefix"),
        CheckConstraint("length(prefix) BETWEEN 1 AND 2", name="prefix_length"),
    )


class Window(Keyed, Base):
    """A window (窗口). `number` is what is spoken and shown: 3号窗口; `area` is where: 一楼."""

    __tablename__ = "service_window"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(60), unique=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    area: Mapped[str] = mapped_column(String(40), default="")
    area_en: Mapped[str] = mapped_column(String(40), default="")
    retired_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("site_id", "number"),)


class WindowLine(Base):
    """Which lines a window serves, and in which tier (Q5)."""

    __tablename__ = "window_line"

    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    preferred: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (Index("ix_window_line_line", "line_id"),)


class Situation(Keyed, Base):
    """A life situation: one big tile at the kiosk."""

    __tablename__ = "situation"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    icon: Mapped[str] = mapped_column(String(40), default="")
    sort: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("site_id", "code"),)


class ServiceItem(Keyed, Base):
    """A matter people come for (事项). `revision` grows with each change; what it was is kept as `FormerContent`."""

    __tablename__ = "service_item"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    group_name: Mapped[str] = mapped_column(String(120), default="")
    task_type: Mapped[int] = mapped_column(default=20)
    kind: Mapped[str] = mapped_column(String(10), default="committed")
    statutory_days: Mapped[int | None]
    committed_days: Mapped[int | None]
    fee: Mapped[str] = mapped_column(String(200), default="")
    fee_en: Mapped[str] = mapped_column(String(200), default="")
    aliases: Mapped[str] = mapped_column(String(300), default="")
    mode: Mapped[str] = mapped_column(String(10), default="separated")
    second_review: Mapped[bool] = mapped_column(default=False)
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    result_name: Mapped[str] = mapped_column(String(200), default="")
    result_name_en: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("site_id", "code"),
        Index("ix_service_item_line", "line_id"),
        CheckConstraint("mode IN ('separated', 'same_desk', 'township')", name="mode"),
    )


class SpecialProcedure(Keyed, Base):
    """A procedure during which an item's clock stands: hearing, appraisal, inspection (特别程序, I5)."""

    __tablename__ = "special_procedure"

    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    name: Mapped[str] = mapped_column(String(120))
    basis: Mapped[str] = mapped_column(String(300), default="")
    planned_days: Mapped[int]

    __table_args__ = (
        UniqueConstraint("item_id", "name"),
        CheckConstraint("planned_days BETWEEN 1 AND 730", name="days"),
    )


class ItemSituation(Base):
    """Which items stand behind which tile."""

    __tablename__ = "item_situation"

    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), primary_key=True)
    situation_id: Mapped[int] = mapped_column(ForeignKey("situation.id"), primary_key=True)


class Material(Keyed, Base):
    """A paper that an item asks for (材料)."""

    __tablename__ = "material"

    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    sort: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    originals: Mapped[int] = mapped_column(default=1)
    copies: Mapped[int] = mapped_column(default=0)
    condition: Mapped[str] = mapped_column(String(200), default="")
    condition_en: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    source_en: Mapped[str] = mapped_column(String(200), default="")
    deferrable: Mapped[bool] = mapped_column(default=False)
    e_licence: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_material_item", "item_id", "sort"),)


class Bundle(Keyed, Base):
    """A life-event bundle (一件事): several items on one form. Versioned like items."""

    __tablename__ = "bundle"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    aliases: Mapped[str] = mapped_column(String(300), default="")
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    in_turn: Mapped[bool] = mapped_column(default=False)
    visits_before: Mapped[int | None]
    visits_after: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("site_id", "code"),)


class BundleItem(Base):
    """The items of a bundle, in order."""

    __tablename__ = "bundle_item"

    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundle.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), primary_key=True)
    sort: Mapped[int] = mapped_column(default=0)


class BundleSituation(Base):
    """Which bundles stand behind which tile."""

    __tablename__ = "bundle_situation"

    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundle.id"), primary_key=True)
    situation_id: Mapped[int] = mapped_column(ForeignKey("situation.id"), primary_key=True)


class FormerContent(Keyed, Base):
    """What an item or a bundle said in an earlier revision, as JSON: a case goes on as it began (I2)."""

    __tablename__ = "former_content"

    kind: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[int]
    revision: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("kind", "owner_id", "revision"),
        CheckConstraint("kind IN ('item', 'bundle')", name="kind"),
    )


class Notice(Keyed, Base):
    """A running notice on the screens."""

    __tablename__ = "notice"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    posted_at: Mapped[datetime]
    until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
