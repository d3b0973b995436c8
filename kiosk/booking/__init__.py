"""Pages on which helpers are booked: on a phone without scripts, at a kiosk, and by the desk for people."""

from kiosk.booking.at_kiosk import kiosk_booking
from kiosk.booking.choosing import pages
from kiosk.booking.holder import holder_pages

blueprints = (pages, holder_pages, kiosk_booking)

__all__ = ["blueprints"]
