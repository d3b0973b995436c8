"""The first page of the administration: what the person may set up."""

from __future__ import annotations

from flask import Blueprint, render_template

from hall.accounts.access import allow
from hall.accounts.roles import STAFF

admin_pages = Blueprint("admin_pages", __name__)


@admin_pages.get("/admin")
@allow(STAFF)
def home() -> str:
    """Every section that is open to this person, with what it is for."""
    return render_template("people/home.html")
