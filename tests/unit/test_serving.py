"""A second start finds the hall prepared, without loading the product for it; everything else is prepared first."""

from __future__ import annotations

import fcntl
import gc
import os
import runpy
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory

from config import ROOT
from hall import serving

if TYPE_CHECKING:
    from config import Config


def test_the_newest_schema_is_the_one_that_alembic_names() -> None:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(ROOT / "hall" / "schema"))
    assert serving.newest_schema() == ScriptDirectory.from_config(settings).get_current_head()


@pytest.mark.engines("sqlite")
def test_a_demo_hall_is_known_with_its_password(config: Config, demo: dict[str, Any]) -> None:
    said = serving.known_start(config)
    assert said is not None
    assert demo["staff"][0]["password"] in said
    assert f"http://127.0.0.1:{config.port}/screen/xixian" in said


@pytest.mark.engines("sqlite")
def test_without_demo_mode_no_password_is_shown(config: Config, demo: dict[str, Any]) -> None:
    said = serving.known_start(replace(config, demo=False))
    assert said is not None
    assert demo["staff"][0]["password"] not in said


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = '0001'",
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
    ],
)
def test_another_schema_is_prepared(config: Config, demo: dict[str, Any], change: str) -> None:
    assert demo
    with sqlite3.connect(config.data / "hall.sqlite3") as database:
        database.execute(change)
    database.close()
    assert serving.known_start(config) is None


@pytest.mark.engines("sqlite")
def test_an_empty_hall_and_a_lost_password_are_prepared(config: Config) -> None:
    assert serving.known_start(config) is None, "Nobody has an account yet."
    assert serving.known_start(replace(config, database_url="sqlite:////nowhere/hall.sqlite3")) is None
    assert serving.known_start(replace(config, database_url="postgresql://h@127.0.0.1/h")) is None


def test_a_server_loads_nothing_of_migrations() -> None:
    script = "import sys, wsgi; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0, (
        "Alembic costs a server 8 MB for nothing: import it in the command that migrates."
    )


def test_what_a_worker_has_loaded_is_not_looked_through_for_garbage() -> None:
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["post_worker_init"](None)
    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()


def test_a_server_s_shared_lock_of_the_data_folder_is_one_that_nfs_gives_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALL_DATA", str(tmp_path))
    lock = tmp_path / ".serving"
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["hold_data_folder"]()
    (held,) = [int(one.name) for one in Path("/proc/self/fd").iterdir() if one.resolve() == lock.resolve()]
    try:
        mode = fcntl.fcntl(held, fcntl.F_GETFL) & os.O_ACCMODE
        assert mode == os.O_RDWR, "Linux's NFS answers EBADF to LOCK_SH on a descriptor that cannot read."
        with lock.open("a") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(held)
