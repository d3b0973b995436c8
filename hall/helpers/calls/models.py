"""Who is here: what a helper says of today counts before the shift."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base


class HelperPresence(Base):
    """A helper said to be here or away, at that moment; on the next business date the shift counts again."""

    __tablename__ = "helper_presence"

    helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"), primary_key=True)
    here: Mapped[bool]
    said_at: Mapped[datetime]
