"""The archive: a compressed tar whose first member says what must be in it, with a SHA-256 each.

    manifest.json       format, time, engine, the database's schema, and name, size and hash of every member
    database            the SQLite file, or PostgreSQL's own dump format
    data/…              everything else in the data folder: keys, voice recordings, files; not what is only on its way

Nothing of an archive reaches a hall before every member was unpacked into a folder aside and found unharmed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import tarfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
DATA = "data"
CHUNK = 1 << 20
MANIFEST_LIMIT = 16 << 20


class ArchiveError(Exception):
    """The archive cannot be written or is no good; its text is one line for the administrator."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: name as in the tar, bytes, SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive holds. `made_at` is ISO 8601 in UTC, `schema` the revision of the database."""

    made_at: str
    engine: str
    schema: str
    members: tuple[Member, ...]

    def dump(self) -> bytes:
        """As stored."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()

    @classmethod
    def parse(cls, text: bytes) -> Manifest:
        """Read a stored manifest. Raises ArchiveError."""
        try:
            stored: dict[str, Any] = json.loads(text)
            if stored["format"] != FORMAT:
                message = f"The archive has format {stored['format']}; this version reads format {FORMAT}."
                raise ArchiveError(message)
            members = tuple(Member(**member) for member in stored["members"])
            return cls(stored["made_at"], stored["engine"], stored["schema"], members)
        except (ValueError, KeyError, TypeError):
            message = "This is no backup of a hall: its manifest cannot be read."
            raise ArchiveError(message) from None


def write(target: Path, files: dict[str, Path], made_at: str, engine: str, schema: str) -> Manifest:
    """Write the files (member name → where it lies) into `target`, complete or not at all, readable by its owner alone.

    A file that has vanished is left out. Raises ArchiveError where the target exists or cannot be written.
    """
    members = tuple(found for name, path in sorted(files.items()) if (found := _member(name, path)))
    manifest = Manifest(made_at, engine, schema, members)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        if target.exists():
            message = f"{target} exists already; a backup never overwrites one."
            raise ArchiveError(message)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=5) as tar:
                _add_text(tar, MANIFEST, manifest.dump())
                for member in members:
                    tar.add(files[member.name], arcname=member.name, recursive=False, filter=_plain)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, target)  # never over one that appeared meanwhile
    except OSError as problem:
        message = f"{target} cannot be written: {problem.strerror}."
        raise ArchiveError(message) from None
    finally:
        with suppress(OSError):
            partial.unlink()
    return manifest


def _member(name: str, path: Path) -> Member | None:
    try:
        return Member(name, path.stat().st_size, fingerprint(path))
    except FileNotFoundError:
        return None


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack into an empty folder and compare every hash. Raises ArchiveError; then the folder is worthless."""
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST or first.size > MANIFEST_LIMIT:
                message = f"{source.name} is no backup of a hall."
                raise ArchiveError(message)
            manifest = Manifest.parse(_read(tar, first))
            expected = {member.name: member for member in manifest.members}
            for info in _rest(tar):
                member = expected.pop(info.name, None)
                if member is None or not info.isfile():
                    message = f"{source.name} holds {info.name!r}, which its manifest does not name."
                    raise ArchiveError(message)
                _unpack_one(tar, info, member, folder)
    except (tarfile.TarError, OSError, EOFError) as problem:
        message = f"{source.name} cannot be read: {problem}."
        raise ArchiveError(message) from None
    if expected:
        message = f"{source.name} is not complete: {min(expected)!r} is missing."
        raise ArchiveError(message)
    return manifest


def fingerprint(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack_one(tar: tarfile.TarFile, info: tarfile.TarInfo, member: Member, folder: Path) -> None:
    parts = PurePosixPath(member.name).parts
    if not parts or parts[0] not in {DATABASE, DATA} or ".." in parts:
        message = f"The archive names {member.name!r}, which would lie outside the hall."
        raise ArchiveError(message)
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stream = tar.extractfile(info)
    seen = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while stream and (chunk := stream.read(CHUNK)):
            seen.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if seen.hexdigest() != member.sha256:
        message = f"{member.name} is damaged in this archive."
        raise ArchiveError(message)


def _rest(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (info := tar.next()) is not None:
        yield info


def _read(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(info)
    return stream.read() if stream else b""


def _add_text(tar: tarfile.TarFile, name: str, text: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(text), 0o600
    tar.addfile(info, io.BytesIO(text))


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without who owned it on this machine."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info
