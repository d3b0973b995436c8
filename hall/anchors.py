"""Anchors of the journal (O3): what its chain was at some hour, kept where whoever changes the table does not reach.

A chain shows what was changed, removed, inserted or put in another order inside it, not that its end was cut off, nor
that all of it was written anew. An anchor, the number and hash of one entry, does: `journal-anchors.txt` in the data
folder has one for each hour in which something happened, and every printed day sheet has one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from hall import clock
from hall.database import db
from hall.journal import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

FILE = "journal-anchors.txt"
_SAID = re.compile(r"(?:(?P<at>\S+)\s+)?(?P<seq>[1-9][0-9]{0,17})[:\s]\s*(?P<hash>[0-9a-fA-F ]{16,})")
LEAST, WHOLE = 16, 64


class BadAnchor(Exception):
    """What should be an anchor is none; its text says so."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Entry `seq` has a hash that begins so (at least 16 of its 64 signs). `at` is when it was said, or empty."""

    seq: int
    hash: str
    at: str = ""

    @property
    def said(self) -> str:
        """As it is told and typed."""
        return f"{self.seq}:{self.hash}"


def parsed(text: str) -> Anchor:
    """`SEQ:HASH` as somebody types it from paper, or a line of the file. Raises BadAnchor."""
    found = _SAID.fullmatch(text.strip())
    digits = found["hash"].replace(" ", "").lower() if found else ""
    if found is None or not LEAST <= len(digits) <= WHOLE:
        given = text.strip()[:80]
        message = f"{given!r} is no anchor: give the entry's number, a colon, and 16 to 64 signs of its hash."
        raise BadAnchor(message)
    return Anchor(int(found["seq"]), digits, found["at"] or "")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the folder's file holds: its anchors, oldest first, and in words what of it is none."""

    anchors: tuple[Anchor, ...] = ()
    damaged: str = ""
    unfinished: bool = False
    """The last line was cut by a full disk or a power cut: it says nothing about the journal."""
    content: bytes = b""
    """All lines that are whole, as they stand there."""


def read(folder: Path) -> Kept:
    """The file of anchors in the data folder, whatever state it is in."""
    path = folder / FILE
    content = path.read_bytes() if path.exists() else b""
    *lines, last = content.split(b"\n")
    found: list[Anchor] = []
    damaged = ""
    for line in (one.decode("ascii", "replace") for one in lines if one.strip()):
        try:
            found.append(parsed(line))
        except BadAnchor as problem:
            damaged = damaged or str(problem)
    return Kept(tuple(found), damaged, bool(last.strip()), content[: len(content) - len(last)])


def kept(folder: Path) -> tuple[Anchor, ...]:
    """The anchors of the data folder, oldest first."""
    return read(folder).anchors


def keep(folder: Path, anchor: Anchor) -> bool:
    """Add an anchor to the folder's file; not the same entry twice. Answers whether it was added.

    The file is written aside and put in place whole; an unfinished last line of before goes, all else stays as it is.
    """
    known = read(folder)
    if known.anchors and known.anchors[-1].seq >= anchor.seq:
        return False
    aside = folder / f".{FILE}.new"
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:  # noqa: PTH123 - a file for the owner alone
        file.write(known.content + f"{anchor.at} {anchor.said}\n".encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(folder / FILE)
    return True


def head(reading: Session, first: datetime | None = None, until: datetime | None = None) -> Anchor | None:
    """The anchor of the last sealed entry, or of the last one within a day."""
    found = select(JournalEntry.seq, JournalEntry.hash, JournalEntry.at).where(JournalEntry.seq.is_not(None))
    if first is not None and until is not None:
        found = found.where(JournalEntry.at >= first, JournalEntry.at < until)
    row = reading.execute(found.order_by(JournalEntry.seq.desc()).limit(1)).first()
    return Anchor(row.seq, row.hash, row.at.isoformat(timespec="seconds")) if row else None


def fault(reading: Session, anchors: Iterable[Anchor]) -> str | None:
    """The first anchor that the journal does not keep to, in words; None where it keeps to all."""
    for anchor in anchors:
        found = reading.scalar(select(JournalEntry.hash).where(JournalEntry.seq == anchor.seq))
        told = f" of {anchor.at}" if anchor.at else ""
        if found is None:
            return f"entry {anchor.seq} is missing, which the anchor{told} names: the journal was cut off before it"
        if not found.startswith(anchor.hash):
            return (
                f"entry {anchor.seq} is not the one that the anchor{told} names: the journal was written anew"
            )
    return None


def keep_head() -> None:
    """Keep the present head in the data folder: the job's part outside its transaction."""
    found = head(db.session())
    db.session.remove()
    if found is not None:
        now = clock.now().isoformat(timespec="seconds")
        keep(current_app.config["HALL"].data, Anchor(found.seq, found.hash, now))
