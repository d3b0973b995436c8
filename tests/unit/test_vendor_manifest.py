"""What others wrote is served by us, unmodified, each file with its version and hash (E2)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
MANIFESTS = sorted(STATIC.rglob("MANIFEST.json"))
NEEDED = {"file", "package", "version", "licence", "sha256"}


def listed(manifest: Path) -> dict[str, dict[str, str]]:
    return {entry["file"]: entry for entry in json.loads(manifest.read_text(encoding="utf-8"))["files"]}


def name(manifest: Path) -> str:
    return manifest.parent.name


def test_there_are_manifests_to_check() -> None:
    assert {name(manifest) for manifest in MANIFESTS} >= {"vendor", "fonts"}, "A manifest has gone."


@pytest.mark.parametrize("manifest", MANIFESTS, ids=name)
def test_every_listed_file_is_there_as_it_was_published(manifest: Path) -> None:
    for file, entry in listed(manifest).items():
        path = manifest.parent / file
        assert entry.keys() >= NEEDED, (
            f"{file} lacks {NEEDED - entry.keys()} in {manifest.parent.name}/MANIFEST.json."
        )
        assert path.is_file(), (
            f"{file} is listed but not there: copy it from {entry['package']} {entry['version']}."
        )
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        assert found == entry["sha256"], (
            f"{file} was changed: take it anew from {entry['package']} {entry['version']}."
        )


@pytest.mark.parametrize("manifest", MANIFESTS, ids=name)
def test_no_file_lies_there_unlisted(manifest: Path) -> None:
    there = {
        path.relative_to(manifest.parent).as_posix()
        for path in manifest.parent.rglob("*")
        if path.is_file() and path != manifest
    }
    unlisted = there - listed(manifest).keys()
    assert not unlisted, (
        f"List these in {manifest.parent.name}/MANIFEST.json, or take them away: {sorted(unlisted)}"
    )


@pytest.mark.parametrize("manifest", MANIFESTS, ids=name)
def test_every_package_comes_with_its_licence(manifest: Path) -> None:
    files = listed(manifest)
    packages = {entry["package"] for entry in files.values()}
    licensed = {entry["package"] for file, entry in files.items() if Path(file).name.startswith("LICENSE")}
    assert packages == licensed, f"Put the LICENSE file of {sorted(packages - licensed)} beside it."


@pytest.mark.parametrize("manifest", MANIFESTS, ids=name)
def test_a_manifest_names_no_address(manifest: Path) -> None:
    assert "://" not in manifest.read_text(encoding="utf-8"), (
        "Name package and version, not where they came from."
    )
