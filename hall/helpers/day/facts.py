"""What a helper opens of a booking. Pure."""

from __future__ import annotations

from hall.helpers.facts import BookingFact


class BookingUnsealed(BookingFact):
    """Name, telephone and address were opened by the helper who goes there (E2). No page changes by that."""

    def topics(self) -> frozenset[str]:
        """None."""
        return frozenset()
