"""Administrators' commands run as the account that owns the hall's data, with its servers' settings, or not at all."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hall.cli import hall_commands
from tests.servers import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import Halls

WRAPPER = ROOT / "deploy" / "hall"
NOBODY = pwd.getpwnam("nobody")
GUIDES = ("docs/operations.md", "docs/zh/operations.md", "docs/scaling.md")
SHOWN = """#!/bin/sh
echo "$(id -u) $HALL_DATA $DATABASE_URL $SOCKETS_PER_ADDRESS $HOME"
echo "$@"
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other accounts see, which pytest's are not."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def of_somebody_else(place: Path) -> Path:
    """A folder of another account: root gives one away, everybody else looks at one of root's."""
    if os.geteuid():
        return Path("/")
    folder = place / "others"
    folder.mkdir()
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    return folder


@pytest.mark.parametrize("words", [("keys", "list"), ("backup", "/nowhere/x.backup"), ("prepare",)])
def test_a_command_of_another_account_is_refused_in_one_line_and_makes_nothing(
    place: Path, words: tuple[str, ...]
) -> None:
    folder = of_somebody_else(place)
    before = sorted(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "hall", *words],
        cwd=ROOT, env=environment(folder, "sqlite:////nowhere/hall.sqlite3"), capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1 and not done.stdout
    assert re.fullmatch(r"HALL_DATA: \S+ belongs to account \S+, and .*deploy/hall.*\n", done.stderr), (
        done.stderr
    )
    assert sorted(folder.iterdir()) == before, "Root's keys.json in it would be one that no server can read."


def test_a_hall_s_commands_have_the_settings_of_its_servers_from_any_folder(
    halls: Halls, tmp_path: Path
) -> None:
    prepared = halls.lay_out("bare", "sqlite", tmp_path / "data")
    settings = tmp_path / "hall.env"
    settings.write_text(
        f'# the hall\nHALL_DATA={prepared.data}\nDATABASE_URL="{prepared.database_url}"\n', encoding="utf-8"
    )
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [WRAPPER, "keys", "list"], cwd=tmp_path, env={**env, "HALL_ENV": str(settings)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.startswith("key 1  seals"), done.stderr


def test_the_wrapper_takes_the_account_of_the_folder_and_carries_nothing_out_of_the_settings(
    place: Path,
) -> None:
    program, data, settings = place / ".venv/bin/flask", place / "data", place / "hall.env"
    for folder in (place / ".venv", program.parent, place / "deploy", data):
        folder.mkdir()
        folder.chmod(0o755)
    (place / "deploy/hall").write_text(WRAPPER.read_text("utf-8"), encoding="utf-8")
    program.write_text(SHOWN, encoding="utf-8")
    address = f"postgresql:///hall?host=/run&password=$(touch {place}/carried);`touch {place}/out`"
    settings.write_text(
        f"HALL_DATA={data}\nDATABASE_URL={address}\n; no = setting\n\nSOCKETS_PER_ADDRESS='77'",
        encoding="utf-8",
    )
    for path, mode in ((program, 0o755), (place / "deploy/hall", 0o755), (settings, 0o600)):
        path.chmod(mode)
    me = pwd.getpwuid(os.geteuid())
    account = NOBODY if me.pw_uid == 0 else me
    os.chown(data, account.pw_uid, -1)
    (place / "bin").symlink_to(place / "deploy")
    done = subprocess.run(
        [place / "bin/hall", "backup", "a b"], cwd=place, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HALL_ENV": str(settings), "HOME": me.pw_dir},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{account.pw_uid} {data} {address} 77 {account.pw_dir}",
        f"--app {place}/wsgi.py hall backup a b",
    ]
    assert not {"carried", "out"} & {path.name for path in place.iterdir()}


def test_where_there_is_no_folder_yet_the_wrapper_says_how_to_make_it(tmp_path: Path) -> None:
    settings = tmp_path / "hall.env"
    settings.write_text(f"HALL_DATA={tmp_path}/none", encoding="utf-8")
    done = subprocess.run(
        [WRAPPER, "keys", "list"], env={"PATH": os.environ["PATH"], "HALL_ENV": str(settings)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "install -d -o hall" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("guide", GUIDES)
def test_every_example_for_administrators_runs_as_the_hall_s_account(guide: str) -> None:
    text = (ROOT / guide).read_text("utf-8")
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    here = re.sub(r"docker compose (?:.*\\\n)*.*", "", blocks)  # a container has one account
    spans = re.findall(r"`([^`\n]+)`", text)
    assert "--app wsgi hall" not in here, "As root it would make files that no server can read."
    named = [*re.findall(r"^hall ([a-z-]+)", blocks, re.MULTILINE)]
    named += [words[1] for span in spans if (words := span.split())[0] == "hall" and len(words) > 1]
    assert named, "This guide has no examples any more."
    strange = {name for name in named if name not in hall_commands.commands} - {"…", "--help"}
    assert not strange, f"There are no such commands: {strange}"
