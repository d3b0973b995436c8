"""Names of the live topics. Pure."""

from __future__ import annotations


def board(site: str) -> str:
    """Topic of a site's call board."""
    return f"site:{site}:board"


def lines(site: str) -> str:
    """Topic of a site's lines: open, waiting, wait."""
    return f"site:{site}:lines"


def floor(site: str) -> str:
    """Topic of the manager's floor page."""
    return f"site:{site}:floor"


def line(code: str) -> str:
    """Topic that all phones of a line share."""
    return f"line:{code}"


def window(code: str) -> str:
    """Topic of one window's console and plate."""
    return f"window:{code}"


def plate(code: str) -> str:
    """Topic of the plate over a window: what the public sees of it."""
    return f"plate:{code}"


def ticket(ticket_id: int) -> str:
    """Room of one ticket inside the house; outside it is known by its token only."""
    return f"ticket#{ticket_id}"


def helper(helper_id: int) -> str:
    """Topic of one helper's page: who is booked, who has arrived, who calls."""
    return f"helper:{helper_id}"


def help_call(call_id: int) -> str:
    """Room of one call for help inside the house; outside it is known by its token only."""
    return f"help#{call_id}"


def printer(device_id: int) -> str:
    """Topic of one printer's agent."""
    return f"printer:{device_id}"


def kiosk(device_id: int) -> str:
    """Topic of one kiosk: its printer and its slips."""
    return f"kiosk:{device_id}"


def monday(site: str) -> str:
    """Topic of a site's public list of receptions: who sits where, when."""
    return f"site:{site}:monday"


def receptions(site: str) -> str:
    """Topic of the manager's page of today's receptions: who has come, who is missing."""
    return f"site:{site}:receptions"
