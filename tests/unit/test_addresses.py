"""Addresses are those that Werkzeug makes, made when they are first asked for; numbers in them fit a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.routing import Map, Rule

from hall.addresses import LARGEST, Address, Whole

if TYPE_CHECKING:
    from flask import Flask


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ("/hall", {}, "/hall"),
        ("/hall", {"page": 2, "word": "章"}, "/hall?page=2&word=%E7%AB%A0"),
        ("/w/<window>/t/<int:number>", {"window": "西 1", "number": 7}, "/w/%E8%A5%BF%201/t/7"),
        ("/w/<window>/t/<int:number>", {"window": "a", "number": 7, "rule": "x"}, "/w/a/t/7?rule=x"),
        ("/files/<path:name>", {"name": "a/b c"}, "/files/a/b%20c"),
    ],
)
def test_an_address_is_the_one_that_werkzeug_makes(
    rule: str, values: dict[str, object], expected: str
) -> None:
    kinds = {"default": Map().converters["default"], "path": Map().converters["path"], "int": Whole}
    for kind in (Rule, Address):
        adapter = Map([kind(rule, endpoint="it")], converters=kinds).bind("hall.example")
        assert [adapter.build("it", values) for _again in range(2)] == [expected] * 2
        assert adapter.build("it", values, append_unknown=False) == expected.partition("?")[0]


@pytest.mark.engines("sqlite")
def test_every_address_of_the_product_waits_for_its_first_use(app: Flask) -> None:
    hasty = [rule.endpoint for rule in app.url_map.iter_rules() if not isinstance(rule, Address)]
    assert set(hasty) <= {"static", "openapi.spec"}, f"Declared before hall.http.install: {hasty}"


def test_a_number_beyond_the_databases_is_no_address() -> None:
    adapter = Map([Address("/t/<int:number>", endpoint="it")], converters={"int": Whole}).bind("hall.example")
    assert adapter.test(f"/t/{LARGEST}")
    assert not adapter.test(f"/t/{LARGEST + 1}")
