"""Pages on which helpers are booked: on a phone without scripts, and by the desk for people."""

from kiosk.booking.choosing import pages
from kiosk.booking.holder import holder_pages

blueprints = (pages, holder_pages)

__all__ = ["blueprints"]
