"""The code that guards the first run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, BigId


class SetUpCode(Base):
    """One row at most: the digest of the code that was printed last; once used, nobody sets up again."""

    __tablename__ = "set_up_code"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=1)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("id = 1", name="one"),)
