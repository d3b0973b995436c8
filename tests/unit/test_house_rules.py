"""The rules of the house that a reader of one file cannot see: each is counted over the whole tree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
# Programs of their own that talk to the server from outside, as a browser does
CLIENTS = re.compile(r"kiosk/agent|hall/replay")
TEXT = {
    *(
        ".py",
        ".html",
        ".css",
        ".js",
        ".json",
        ".toml",
        ".md",
        ".txt",
        ".in",
        ".lock",
        ".cfg",
        ".ini",
        ".conf",
    ),
    *(".po", ".sh", ".yml", ".yaml", ".service", ".mako", ".csv", ".env", ""),
}
VENDORED = ("static/vendor/", "static/fonts/", "LICENSE")
LINES = 400
TEST_LINES = 300
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *(
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
    ),
}
# Written in two halves, so that this file does not break its own rule
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.\-:/}])/(?:wor" r"k|far" r"m|roo" r"t|tm" r"p)/[A-Za-z]")
REGISTRIES = re.compile(
    r"(?:py" r"pi\.org|python" r"hosted\.org|npm" r"js\.(?:org|com)|deb\." r"debian\.org|mirrors?\.[a-z]+\.)"
)
ADDRESS = re.compile(r"(?:https?:)?//[A-Za-z0-9][A-Za-z0-9.\-]*")
OUR_ADDRESSES = re.compile(r"//(?:www\.w3\.org|127\.0\.0\.1|localhost|[a-z.\-]*\bexample\b)")


@cache
def files() -> tuple[str, ...]:
    """Everything that is committed or would be, as paths from the top."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file()))


def texts(*tops: str, endings: frozenset[str] = frozenset(TEXT)) -> Iterator[tuple[str, str]]:
    """Path and text of our own files under these folders (all without any), without what others wrote."""
    for name in files():
        ours = not name.startswith(VENDORED) and (not tops or name.startswith(tops))
        if ours and Path(name).suffix in endings:
            yield name, (ROOT / name).read_text(encoding="utf-8")


def python(*tops: str) -> Iterator[tuple[str, ast.Module]]:
    """Path and tree of our Python files under these folders."""
    for name, text in texts(*tops, endings=frozenset({".py"})):
        yield name, ast.parse(text, name)


def calls(*tops: str) -> Iterator[tuple[str, ast.Call]]:
    """Where something is called through a dot: place, call."""
    for name, tree in python(*tops):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{name}:{node.lineno}", node


def named(verb: str) -> list[str]:
    """The places in the product's server that call `.verb(`."""
    return [
        place
        for place, call in calls("hall/", "kiosk/")
        if isinstance(call.func, ast.Attribute) and call.func.attr == verb and not CLIENTS.match(place)
    ]


def lines_with(pattern: re.Pattern[str], found: Iterator[tuple[str, str]]) -> list[str]:
    """`path:line: match` for each line in which the pattern is found."""
    return [
        f"{name}:{number}: {match.group().strip()}"
        for name, text in found
        for number, line in enumerate(text.splitlines(), 1)
        if (match := pattern.search(line))
    ]


def told(places: list[str]) -> str:
    return "\n  ".join(["", *places])


@pytest.mark.parametrize(
    ("verb", "home", "instead"),
    [
        # the first ends what was read alone, on connections that cannot write
        ("commit", ["hall/database.py", "hall/units.py"], "use perform(actor, action, command)"),
        ("emit", ["hall/live/publisher.py"], "record a fact: the publisher hears it after the commit"),
    ],
)
def test_one_place_in_the_house_does_this(verb: str, home: list[str], instead: str) -> None:
    places = named(verb)
    assert [place.split(":")[0] for place in places] == home, (
        f"Only {home} says .{verb}(: {instead}.{told(places)}"
    )


def test_one_place_in_the_house_reads_the_clock() -> None:
    places = [place for place, call in calls("hall/", "kiosk/") if ast.unparse(call.func) in CLOCKS]
    homes = {place.split(":")[0] for place in places}
    assert homes == {
        "hall/clock.py",
        "kiosk/agent_clock.py",
    }, (  # the agent runs on a machine of its own (Q9)
        f"Use hall.clock.now(), in the agent kiosk.agent_clock.read().{told(places)}"
    )


def test_arrows_between_rooms_run_one_way() -> None:
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    look = subprocess.run(
        [sys.executable, "-c", linter, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert look.returncode == 0, f"Move what is shared to a room below both:\n{look.stdout}{look.stderr}"


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"<style\b", "put it into a sheet under static/css"),
        (r"""\sstyle=["'{]""", "give it a class, or a data- attribute that a script reads"),
        (r"""\son[a-z]{3,}=["'{]""", "listen from a module under static/js"),
        (r"""<script\b(?![^>]*(?:\ssrc=|type="application/json"))""", "load a module under static/js"),
        (r"javascript:", "use a button"),
    ],
)
def test_templates_hold_no_code_and_no_style(pattern: str, instead: str) -> None:
    found = lines_with(re.compile(pattern, re.IGNORECASE), texts("templates/"))
    assert not found, f"The content security policy refuses it; {instead}.{told(found)}"


def test_scripts_build_no_code_from_text() -> None:
    found = lines_with(re.compile(r"\beval\(|new Function\(|document\.write\("), texts("static/js/"))
    assert not found, f"The content security policy refuses it.{told(found)}"


def test_E2_pages_name_no_foreign_host() -> None:
    found = [
        place
        for place in lines_with(ADDRESS, texts("templates/", "static/", endings=frozenset(TEXT | {".svg"})))
        if not OUR_ADDRESSES.search(place) and re.search(r"https?:", place)
    ]
    assert not found, f"A hall may have no internet: serve it ourselves.{told(found)}"


def test_no_file_outgrows_its_room() -> None:
    endings = frozenset({".py", ".js", ".css", ".html"})
    long = [
        f"{name}: {count} lines"
        for name, text in texts(endings=endings)
        if (count := text.count("\n")) > (TEST_LINES if name.startswith("tests/") else LINES)
        and not name.startswith(
            "hall/schema/versions/"
        )  # Alembic's record of tables, read one step at a time
    ]
    assert not long, f"Is it one room? At most {LINES} lines a file, {TEST_LINES} a test file.{told(long)}"


def test_no_file_is_called_after_nothing() -> None:
    empty = {"utils", "util", "helpers", "constants", "common", "misc"}
    found = [name for name in files() if Path(name).stem in empty and Path(name).suffix in {".py", ".js"}]
    assert not found, f"Name it after what is in it.{told(found)}"


def test_no_committed_file_names_a_registry_or_this_machine() -> None:
    found = [*lines_with(MACHINE_PATH, texts()), *lines_with(REGISTRIES, texts())]
    assert not found, f"Registries belong to each machine's own settings, and paths to no file.{told(found)}"


def test_lock_files_pin_by_hash_and_hold_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, f"{name} names an address: run `make lock`."
        for entry in re.findall(r"^[a-z0-9][^\n]*==(?:[^\n]*\\\n)*[^\n]*", text, re.MULTILINE):
            assert "--hash=sha256:" in entry, f"{name} has an entry without hash: run `make lock`.\n{entry}"


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    ways = {"skip", "skipif", "xfail", "importorskip", "skipTest", "skip_module"}
    found = [
        f"{name}:{node.lineno}"
        for name, tree in python("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ways
        and ast.unparse(node.value).startswith("pytest")
    ]
    assert not found, (
        f"Nothing skips silently: install what it needs (.ci/test-needs), or remove it.{told(found)}"
    )


def test_tests_meet_the_real_thing() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in python("tests/")
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and any(
            "mock" in part
            for part in (getattr(node, "module", None) or "", *(alias.name for alias in node.names))
        )
    ]
    assert not found, f"Start the real thing (tests/servers.py) instead of imitating it.{told(found)}"
