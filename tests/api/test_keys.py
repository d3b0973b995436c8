"""Sealing keys: the file of before is taken over, a fresh key seals while all open, a cut rotation goes on."""

from __future__ import annotations

import base64
import json
import os
import stat
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import LargeBinary, select, update

from config import Config, ConfigError
from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.applicants import cli, resealing
from hall.applicants.rules import Number, NumberKind
from hall.applicants.vault import Sealed, Vault
from hall.database import Base, db
from hall.helpers.models import Booking
from hall.journal import JournalEntry
from hall.keyring import Keys
from hall.unit_of_work import perform, units
from tests.booking_at_work import PHONE, Front, tomorrow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

BEFORE = {
    name: base64.b64encode(name[:1].encode() * 32).decode() for name in ("session", "tokens", "personal")
}
ROTATE = ["hall", "keys", "rotate", "--settle", "0"]
NUMBER = Number(NumberKind.ID_CARD, "11010519491231002X")


def keys_of(app: Flask) -> Keys:
    found: Keys = app.config["HALL"].keys
    return found


def with_another(keys: Keys) -> Keys:
    """A fresh sealing key, which seals at once."""
    keys = keys.with_sealing_key(clock.now())
    return keys.sealing_with(keys.newest)


def the_booking(app: Flask) -> Booking:
    with app.app_context():
        db.session.rollback()
        return db.session.scalars(select(Booking)).one()


@pytest.fixture
def front(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Front:
    """A hall that keeps somebody's telephone."""
    front = Front(client, demo).staffed("B01")
    front.booked(tomorrow(10))
    assert Vault(keys_of(app)).open(the_booking(app).phone_sealed) == PHONE
    return front


def rotate(app: Flask) -> str:
    done = app.test_cli_runner().invoke(args=ROTATE)
    assert done.exit_code == 0, done.output
    return done.output


def test_I10_a_file_of_before_is_taken_over_and_finds_and_opens_all_that_it_did(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(BEFORE), encoding="utf-8")
    old = Vault(Keys(b"s" * 32, b"t" * 32, b"p" * 32))
    keys = Keys.load(tmp_path)
    stored = json.loads(file.read_text(encoding="utf-8"))
    assert stored["format"] == 3 and "personal" not in stored
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Vault(keys).open(old.seal(NUMBER.text)) == NUMBER.text
    assert Vault(keys).trace(NUMBER) == old.trace(NUMBER)
    fresh = with_another(keys)
    assert [key.number for key in fresh.ring] == [1, 2]
    assert Vault(fresh).open(old.seal(NUMBER.text)) == NUMBER.text
    assert Vault(fresh).trace(NUMBER) == old.trace(NUMBER), "who is searched for is found all the while"
    sealed = Vault(fresh).seal(NUMBER.text)
    assert Vault(keys).open(sealed) == NUMBER.text, "a process from before learns of the key from the file"
    with pytest.raises(Sealed):
        old.open(sealed)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 3}', json.dumps({**BEFORE, "tokens": "?"})])
def test_a_damaged_file_of_keys_is_told_in_one_line_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"keys\.json is damaged"):
        Config.from_env({"HALL_DATA": str(tmp_path)})
    assert file.read_text(encoding="utf-8") == text


@contextmanager
def unreadable(file: Path) -> Iterator[None]:
    """The file as another account made it, for its owner alone; root reads everything, so it is somebody else here."""
    mode, me = file.stat().st_mode, os.geteuid()
    file.chmod(0)
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)
        file.chmod(mode)


def test_I10_a_file_of_keys_that_another_account_made_is_told_like_a_damaged_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with tempfile.TemporaryDirectory() as made:  # not pytest's: that lets nobody else in
        folder = Path(made)
        folder.chmod(0o755)
        keys = Keys.load(folder)
        keys.with_search_key(clock.now())
        os.utime(folder / "keys.json")
        with unreadable(folder / "keys.json"):
            assert keys.latest().counts == keys.counts and not keys.is_readable, (
                "I10 broke: a server misses new keys, and nobody learns of it."
            )
            assert keys.latest().counts == keys.counts
            with pytest.raises(ConfigError, match="must belong to this account"):
                Config.from_env({"HALL_DATA": made})
        assert caplog.text.count("keys.json cannot be read (PermissionError)") == 1, caplog.text
        assert "Does it belong to this process's account?" in caplog.text
        assert len(keys.latest().search) == 2 and keys.is_readable


def test_every_column_of_bytes_that_holds_words_of_people_is_known_by_its_name(app: Flask) -> None:
    """What `flask hall keys rotate` goes through: digests, nonces, traces and pictures are no sealed texts."""
    assert "hall_units" in app.extensions
    other = {
        "nonce", "session_nonce", "digest", "code_digest", "token_digest", "trace", "phone_trace", "number_trace",
        "person", "key", "request",
    }  # fmt: skip
    odd = [
        str(column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and not column.name.endswith("_sealed")
        and column.name not in other
    ]
    assert not odd, f"Name a sealed column …_sealed, or add here what this is: {odd}"
    assert len(resealing.sealed_columns()) > 20
    assert all(len(column.table.primary_key.columns) == 1 for column in resealing.sealed_columns())


def test_I10_rotating_seals_everything_anew_and_everything_is_found_and_read_as_before(
    app: Flask, front: Front
) -> None:
    before, traced = the_booking(app).phone_sealed, the_booking(app).phone_trace
    said = rotate(app)
    row = the_booking(app)
    assert "Key 2 seals from now on" in said
    assert row.phone_sealed != before and (row.phone_sealed or b"").startswith(b"k2.")
    assert traced is not None and row.phone_trace not in {traced, None}, "found by a fresh key, too"
    assert Vault(keys_of(app)).open(row.phone_sealed) == PHONE, "the running application learns of the key"
    again = front.held(tomorrow(11))
    taken = front.confirm(again["token"])
    assert taken.get_json()["code"] == "already_booked", "the same person is found"
    with app.app_context():
        facts = db.session.scalars(
            select(JournalEntry.subject).where(JournalEntry.fact == "key_rotated")
        ).all()
    assert facts == ["key:2"]


def test_I10_a_rotation_that_was_cut_short_goes_on_and_makes_no_further_key(app: Flask, front: Front) -> None:
    front.booked(tomorrow(14), phone="13900001234", bundle="xixian-restaurant")
    newest = with_another(keys_of(app)).newest
    vault = Vault(keys_of(app))
    column = next(one for one in resealing.sealed_columns() if str(one) == "booking.phone_sealed")
    with app.app_context():  # killed after the first column
        perform(SYSTEM_ACTOR, resealing.reseal, resealing.Step(str(column), 0, newest, vault))
        left = resealing.rows_sealed_by(db.session(), [1, 2])
    assert left[1] > 0 and left[2] == 2
    assert "it went on with key 2" in rotate(app)
    with app.app_context():
        assert resealing.rows_sealed_by(db.session(), [1]) == {1: 0}
    assert [key.number for key in keys_of(app).latest().ring] == [1, 2]
    assert "Key 3 seals" in rotate(app), "the next time a fresh one is made"


def test_I10_a_fresh_key_seals_only_when_every_machine_has_had_the_time_to_see_it(
    app: Flask, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[tuple[int, bytes]]()

    def look(seconds: float) -> None:
        if seconds == 7:
            sealed = Vault(keys_of(app)).seal("字") or b""
            seen.append((keys_of(app).latest().newest, sealed.partition(b".")[0][:2]))

    monkeypatch.setattr(cli, "time", SimpleNamespace(sleep=look, monotonic=time.monotonic))
    done = app.test_cli_runner().invoke(args=[*ROTATE[:-1], "7"])
    assert done.exit_code == 0 and front.demo, done.output
    assert seen[:2] == [(2, b"gA"), (2, b"k2")], (
        "I10 broke: a machine that sees keys.json a minute late meets what it cannot open, or what was sealed last "
        "with the key of before is left behind."
    )


def test_I10_a_rotation_that_was_cut_short_while_it_waited_goes_on_with_its_key(
    app: Flask, front: Front
) -> None:
    keys_of(app).with_sealing_key(clock.now())
    front.booked(tomorrow(14), phone="13900001234", bundle="xixian-restaurant")
    listed = app.test_cli_runner().invoke(args=["hall", "keys", "list"]).output.splitlines()
    assert listed[0].startswith("key 1  seals") and listed[1].startswith("key 2  to come"), listed
    assert listed[1].endswith(" 0 values")
    said = rotate(app)
    assert "it goes on with key 2" in said and "Key 2 seals from now on" in said
    assert [key.number for key in keys_of(app).latest().ring] == [1, 2]
    with app.app_context():
        assert resealing.rows_sealed_by(db.session(), [1]) == {1: 0}


def test_I10_a_step_is_short_and_leaves_to_others_what_they_changed(
    app: Flask, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour, phone in ((13, "13900001234"), (15, "13900001235")):
        front.booked(tomorrow(hour), phone=phone, bundle="xixian-restaurant")
    monkeypatch.setattr(resealing, "ROWS_A_STEP", 2)
    newest = with_another(keys_of(app)).newest
    step = resealing.Step("booking.phone_sealed", 0, newest, Vault(keys_of(app)))
    with app.app_context():
        first = perform(SYSTEM_ACTOR, resealing.reseal, step)
        assert (first.rows, first.unreadable) == (2, 0) and first.after is not None
        rest = perform(
            SYSTEM_ACTOR, resealing.reseal, resealing.Step(step.column, first.after, newest, step.vault)
        )
        assert (rest.rows, rest.after) == (1, None)
        again = perform(SYSTEM_ACTOR, resealing.reseal, step)
        assert (again.rows, again.after) == (0, None), "safe to repeat"


def test_a_value_that_no_key_opens_is_counted_and_left(app: Flask, front: Front) -> None:
    assert front.demo
    strange = Vault(Keys(b"", b"", b"x" * 32)).seal("字")
    with app.app_context():
        units().run(lambda session: session.execute(update(Booking).values(wish_sealed=strange)))
    done = app.test_cli_runner().invoke(args=ROTATE)
    assert done.exit_code == 1 and "1 values can be opened by no key" in done.output
    assert the_booking(app).wish_sealed == strange
    for newest in (3, 4):  # a whole rotation each time: the damaged value does not keep the old key for ever
        done = app.test_cli_runner().invoke(args=ROTATE)
        assert f"Key {newest} seals from now on" in done.output and "not finished" not in done.output
        assert done.exit_code == 1 and "1 values can be opened by no key" in done.output
        assert (the_booking(app).phone_sealed or b"").startswith(f"k{newest}.".encode())
    assert the_booking(app).wish_sealed == strange


def test_the_list_of_keys_tells_ages_and_uses_and_no_secret(
    app: Flask, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert front.demo
    rotate(app)
    later = clock.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)
    done = app.test_cli_runner().invoke(args=["hall", "keys", "list"])
    first, second, *_search = done.output.splitlines()
    assert first.startswith("key 1  opens") and first.endswith(" 0 values")
    assert second.startswith("key 2  seals") and "40 days ago" in second and not second.endswith(" 0 values")
    stored = (app.config["HALL"].data / "keys.json").read_text(encoding="utf-8")
    for secret in (*json.loads(stored)["sealing"], *json.loads(stored)["search"]):
        assert secret["key"] not in done.output
        assert secret["key"] not in repr(keys_of(app).latest())
