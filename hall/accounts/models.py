"""Tables of accounts: staff, their tokens, devices."""

from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Staff(UserMixin, Keyed, Base):  # type: ignore[misc]  # Flask-Login has no types
    """A person who works here. `window_id` binds a clerk to one window; without it any window of the site.

    `department_id` is the authority that a reviewer or official decides for (I1).

    `must_change`: the password was made by somebody else and opens nothing but the page to change it.
    """

    __tablename__ = "staff"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    user: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("service_window.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    every_site: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    must_change: Mapped[bool] = mapped_column(default=False)
    session_nonce: Mapped[bytes] = mapped_column(LargeBinary(9))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    def get_id(self) -> str:
        """What a session carries: number and nonce, so that a new nonce ends every session."""
        return f"{self.id}:{self.session_nonce.hex()}"


class EndedSession(Base):
    """A browser's session that was signed out of, until it would have ended anyway: its cookie may have been copied."""

    __tablename__ = "ended_session"

    key: Mapped[bytes] = mapped_column(LargeBinary(12), primary_key=True)
    until: Mapped[datetime]

    __table_args__ = (Index("ix_ended_session_until", "until"),)


class StaffToken(Keyed, Base):
    """A personal bearer token; only its hash is kept."""

    __tablename__ = "staff_token"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(60), default="")
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Device(Keyed, Base):
    """A kiosk, screen or printer. A short code enrols it once; then it has a token of its own."""

    __tablename__ = "device"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    code_until: Mapped[datetime | None]
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    enrolled_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    paper: Mapped[str] = mapped_column(String(10), default="")
    cover: Mapped[str] = mapped_column(String(10), default="")
    online: Mapped[bool | None]
    demo: Mapped[bool] = mapped_column(default=False)
    quiet: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("role IN ('kiosk', 'screen', 'printer')", name="role"),
        Index("ix_device_site", "site_id"),
    )
