"""The file of the search keys: seen late by other machines, of another release, of an earlier format (I10)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from hall.applicants.cli import settle_s
from hall.applicants.vault import Vault
from hall.keyring import Keys
from tests.booking_at_work import PHONE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from flask import Flask
    from flask.testing import FlaskClient


def keys_of(app: Flask) -> Keys:
    found: Keys = app.config["HALL"].keys
    return found.latest()


def test_I10_machines_that_see_a_shared_file_late_are_waited_for(app: Flask) -> None:
    config = app.config["HALL"]
    with app.app_context():
        for redis, wanted in ((None, 15 if config.is_sqlite else 90), ("redis://127.0.0.1:1/0", 90)):
            app.config["HALL"] = replace(config, redis_url=redis)
            assert settle_s() == wanted
    app.config["HALL"] = config


def test_I10_a_file_that_this_release_cannot_read_is_logged_once_and_told_in_the_figures(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    file, told = app.config["HALL"].data / "keys.json", "keys.json cannot be read"
    good = file.read_text(encoding="utf-8")
    assert "hall_keys_readable 1.0" in client.get("/metrics").text
    for number, times in ((4, 1), (5, 2)):
        file.write_text(json.dumps({**json.loads(good), "format": number}), encoding="utf-8")
        assert [keys_of(app).counts for _time in range(3)] == [1, 1, 1], "What was read before goes on."
        assert caplog.text.count(told) == times and f"format {number}" in caplog.text
    assert "hall_keys_readable 0.0" in client.get("/metrics").text
    file.write_text(good, encoding="utf-8")
    assert "hall_keys_readable 1.0" in client.get("/metrics").text
    assert caplog.text.count(told) == 2


def test_I10_a_file_with_one_key_of_search_is_taken_over(tmp_path: Path) -> None:
    keys = Keys.load(tmp_path)
    file = tmp_path / "keys.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    before = {**stored, "format": 2, "search": stored["search"][0]["key"]}
    del before["counts"]
    file.write_text(json.dumps(before), encoding="utf-8")
    again = Keys.load(tmp_path)
    assert (again.personal, again.ring) == (keys.personal, keys.ring)
    assert Vault(again).phone_trace(PHONE) == Vault(keys).phone_trace(PHONE)
    assert json.loads(file.read_text(encoding="utf-8"))["format"] == 3
