"""Secrets that are about to be kept in the repository: keys, tokens, passwords, databases. Ends with 1 where one is.

    .ci/secrets_in.py [FOLDER]      looks through what git keeps there, or through all files where there is no git

A line that only looks like one says why: `no secret: …`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXCUSED = "no secret:"
LARGEST = 2_000_000
NAMES = re.compile(
    r"(^|/)(keys\.json|\.env(\..+)?|id_(rsa|dsa|ecdsa|ed25519)|\.pgpass|\.netrc|credentials(\.json)?)$"
    r"|\.(pem|key|p12|pfx|jks|kdbx|sqlite3?|sqlite3-wal|backup)$",
    re.IGNORECASE,
)
SIGNS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY"),
    "a key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bLTAI[0-9A-Za-z]{16,}\b"),
    "a token of a forge": re.compile(
        r"\b(?:gh[pousr]_[0-9A-Za-z]{30,}|glpat-[0-9A-Za-z_-]{20,}|xox[abprs]-[0-9A-Za-z-]{10,})"
    ),
    "a token of a service": re.compile(r"\b(?:sk|rk|pk)[-_](?:live|test|proj|ant)?[-_]?[0-9A-Za-z]{24,}\b"),
    "a web token": re.compile(r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}"),
    "a password in an address": re.compile(
        r"\b[a-z][a-z0-9+]{2,}://[^\s:/@'\"{}<>$]+:(?!PASSWORD|SECRET|\.\.\.|…)[^\s:/@'\"{}<>$]{3,}@"
    ),
    "a secret that is written out": re.compile(
        r"(?i)\b(?:secret(?:_key)?|api_?key|access_?token|auth_?token|private_?key|passwd)\b[\"']?\s*[:=]\s*[\"']"
        r"(?=[^\"']*[0-9])(?=[^\"']*[A-Za-z])[0-9A-Za-z+/=_-]{20,}[\"']"
    ),
}


def kept(folder: Path) -> list[Path]:
    """The files that git keeps or is about to keep; all of them where there is no git."""
    command = ("git", "-C", str(folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        return sorted(path for path in folder.rglob("*") if path.is_file())
    return sorted(folder / name for name in done.stdout.decode().split("\0") if name)


def found_in(path: Path, name: str) -> list[str]:
    """What a file seems to hold, as `file:line: what`; never the secret itself."""
    if NAMES.search(name):
        return [f"{name}: such a file is never kept"]
    if not path.is_file() or path.stat().st_size > LARGEST:
        return []
    data = path.read_bytes()
    if b"\0" in data[:8000]:
        return []
    return [
        f"{name}:{number}: looks like {what}"
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1)
        if EXCUSED not in line
        for what, sign in SIGNS.items()
        if sign.search(line)
    ]


def main(folder: Path = ROOT) -> int:
    """Look, tell, and answer the exit code."""
    places = [place for path in kept(folder) for place in found_in(path, path.relative_to(folder).as_posix())]
    for place in places:
        print(place)
    if places:
        print(
            f"Take it out, and give the secret up: it may have been seen. A line that is none says `{EXCUSED} why`."
        )
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
