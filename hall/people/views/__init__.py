"""Pages of the administration: people, devices, the first page."""

from hall.people.views.admin import admin_pages
from hall.people.views.agents import agent_pages
from hall.people.views.devices import device_pages
from hall.people.views.staff import people_pages
from hall.people.views.staff_sheet import staff_sheet_pages

blueprints = (admin_pages, people_pages, staff_sheet_pages, device_pages, agent_pages)

__all__ = ["blueprints"]
