"""The desk books for people, on the same pages and on its own (H3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.booking_visitor import Visitor
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def test_H3_the_desk_books_for_people_without_a_phone_and_prints_the_slip(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    Manager(app, client, demo, "desk")
    desk = Visitor(client, staff=True)
    assert "代群众预约" in desk.get("/book").text
    address = desk.book(phone="")
    page = desk.get(address).text
    assert f"{address}/slip" in page
    slip = desk.get(f"{address}/slip").text
    assert "帮办预约单" in slip and "公司章程" in slip
