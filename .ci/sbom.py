"""The bill of materials: everything the product runs on, from requirements.lock and static/vendor, as CycloneDX JSON.

    .ci/sbom.py [FILE]      writes build/sbom.cdx.json

The same lock gives the same bytes: no times, no random serial number. Names are those of the lock; nothing is asked of
any server.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "sbom.cdx.json"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA = re.compile(r"^\s+#\s+(?:via\s+)?(?P<name>[A-Za-z0-9._-]+)\s*$")
DIRECT = re.compile(r"^\s+#\s+(?:via\s+)?-r requirements\.in$")
PRODUCT = "service-hall"


def locked(text: str) -> list[dict[str, Any]]:
    """Each pinned package of a lock: name, version, hashes, and which packages want it (the product itself: none)."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        pinned = PINNED.match(line)
        if pinned:
            found.append(
                {"name": _plain(pinned["name"]), "version": pinned["version"], "hashes": [], "via": []}
            )
        elif found:
            found[-1]["hashes"] += HASH.findall(line)
            wanted = VIA.match(line)
            if DIRECT.match(line):
                found[-1]["via"].append(PRODUCT)
            elif wanted and wanted["name"] != "via":
                found[-1]["via"].append(_plain(wanted["name"]))
    return sorted(found, key=lambda row: str(row["name"]))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _python(row: dict[str, Any]) -> dict[str, Any]:
    address = f"pkg:pypi/{row['name']}@{row['version']}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": row["name"],
        "version": row["version"],
        "purl": address,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in sorted(row["hashes"])],
    }


def _vendored(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """What lies in static/vendor, by the npm package that it comes from."""
    found: dict[str, dict[str, Any]] = {}
    for row in manifest["files"]:
        address = f"pkg:npm/{row['package']}@{row['version']}"
        one = found.setdefault(
            address,
            {
                "type": "library",
                "bom-ref": address,
                "name": row["package"],
                "version": row["version"],
                "purl": address,
                "licenses": [{"license": {"id": row["licence"]}}],
                "hashes": [],
            },
        )
        one["hashes"].append({"alg": "SHA-256", "content": row["sha256"]})
    return [found[address] for address in sorted(found)]


def bill(lock: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """The document."""
    rows = locked(lock)
    known = {row["name"]: f"pkg:pypi/{row['name']}@{row['version']}" for row in rows}
    vendored = _vendored(manifest)
    own = {one["bom-ref"] for one in vendored}
    needs: dict[str, set[str]] = {PRODUCT: set(own), **{ref: set() for ref in (*known.values(), *own)}}
    for row in rows:
        for name in row["via"]:
            needs[known.get(name, PRODUCT)].add(known[row["name"]])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=sha256(lock.encode()).digest()[:16], version=4)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": PRODUCT, "name": PRODUCT}},
        "components": [*map(_python, rows), *vendored],
        "dependencies": [{"ref": ref, "dependsOn": sorted(needs[ref])} for ref in sorted(needs)],
    }


def written() -> str:
    """The document as it is kept."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    manifest = json.loads((ROOT / "static" / "vendor" / "MANIFEST.json").read_text(encoding="utf-8"))
    return json.dumps(bill(lock, manifest), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written(), encoding="utf-8")
