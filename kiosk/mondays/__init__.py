"""Receptions as the public sees them: the screen on the wall, the page on a phone, booking a head's time (M3, M6)."""

from kiosk.mondays.booking import pages as booking
from kiosk.mondays.public import pages as public

blueprints = (public, booking)

__all__ = ["blueprints"]
