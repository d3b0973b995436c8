"""The print agent's memory on disk: which job is how far, so that nothing is lost or printed twice.

A job goes through these states; each is on disk before the step that follows it begins:

    received      its picture lies in the spool
    sending       its picture is going to the printer; no cut yet, so whatever is on paper counts for nothing
    sent          the whole picture is on paper (confirmed, where the printer can); only the cut may follow
    printed       cut; the server doesn't know yet
    acknowledged  the server knows
    dropped       the server doesn't want it any more, or its picture cannot be printed

A slip becomes a slip by being cut.  Before `sent` it can always be voided and printed again, after it only
the cut is repeated; hence exactly one whole slip, wherever the agent is killed.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
from dataclasses import asdict, dataclass, replace
from typing import IO, TYPE_CHECKING, Literal

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger("kiosk.agent")
State = Literal["received", "sending", "sent", "printed", "acknowledged", "dropped"]
DONE: frozenset[State] = frozenset({"acknowledged", "dropped"})
REMEMBERED = 2000  # done jobs kept, so that a server restored from a backup gets no slip twice
JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class JournalBusy(SystemExit):
    """Another agent works with this folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One job; `mark` names the attempt to the printer, `uncertain` that nobody saw the paper come out."""

    job: str
    state: State
    mark: str = ""
    uncertain: bool = False


class Journal:
    """The jobs in the order they came, from one append-only file; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, alone; raises JournalBusy when another agent holds it."""
        self._folder = folder
        self._spool = folder / "spool"
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._holder = _hold(folder / "agent.lock")
        self._path = folder / "journal.jsonl"
        self._entries = _read(self._path)
        self._file = self._compact()

    def entry(self, job: str) -> Entry | None:
        """What is known of a job."""
        with self._lock:
            return self._entries.get(job)

    def in_state(self, *states: State) -> list[Entry]:
        """The jobs in one of these states, in the order they came."""
        with self._lock:
            return [entry for entry in self._entries.values() if entry.state in states]

    def receive(self, job: str, png: bytes) -> None:
        """Keep a job and its picture; raises ValueError for an id that cannot be a file name."""
        path = self.picture(job)
        with path.open("wb") as file:
            file.write(png)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self._spool)
        self._append(Entry(job, "received"))

    def move(
        self, job: str, state: State, *, mark: str | None = None, uncertain: bool | None = None
    ) -> Entry:
        """Record a job's next state; it's on disk when this returns."""
        entry = self.entry(job) or Entry(job, state)
        entry = replace(
            entry,
            state=state,
            mark=entry.mark if mark is None else mark,
            uncertain=entry.uncertain if uncertain is None else uncertain,
        )
        self._append(entry)
        if state in DONE:
            self.picture(job).unlink(missing_ok=True)
        return entry

    def picture(self, job: str) -> Path:
        """Where a job's picture lies."""
        if not JOB_ID.fullmatch(job):
            message = f"Not an id of a print job: {job!r}"
            raise ValueError(message)
        return self._spool / f"{job}.png"

    def close(self) -> None:
        """Let another agent have the folder."""
        self._file.close()
        self._holder.close()

    def _append(self, entry: Entry) -> None:
        with self._lock:
            self._file.write(_line(entry))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._entries[entry.job] = entry

    def _compact(self) -> IO[str]:
        """Rewrite the file with one line a job: drops old jobs and a line that a power cut tore."""
        done = [job for job, entry in self._entries.items() if entry.state in DONE]
        for job in done[:-REMEMBERED]:
            del self._entries[job]
        fresh = self._path.with_suffix(".new")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                file.writelines(_line(entry) for entry in self._entries.values())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            _sync_folder(self._folder)
        except OSError as problem:  # a full disk: what stands in the file still holds
            log.error("the disk takes nothing; make room: %s", problem)  # noqa: TRY400
        self._forget_stray_pictures()
        return open_behind(self._path)

    def _forget_stray_pictures(self) -> None:
        """Pictures of a job whose line was never written: the server still has it."""
        wanted = {f"{entry.job}.png" for entry in self._entries.values() if entry.state not in DONE}
        for path in self._spool.iterdir():
            if path.name not in wanted:
                path.unlink()


def open_behind(path: Path) -> IO[str]:
    """Open to go on with a file of lines, whose last one a power cut may have torn."""
    torn = path.exists() and path.read_bytes()[-1:] not in {b"", b"\n"}
    file = path.open("a", encoding="utf-8")
    if torn:
        file.write("\n")  # goes to disk with the line after it
    return file


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), separators=(",", ":")) + "\n"


def _read(path: Path) -> dict[str, Entry]:
    """The last state of each job; a torn last line never counted, because its step had not begun."""
    entries: dict[str, Entry] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue
            entries[entry.job] = entry
    return entries


def _hold(path: Path) -> IO[bytes]:
    """Lock the folder until the process ends, however it ends."""
    file = path.open("ab")
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        message = f"Another print agent uses {path.parent}; stop it or give this one its own --state."
        raise JournalBusy(message) from None
    return file


def _sync_folder(folder: Path) -> None:
    """Make a new name in the folder survive a power cut (Windows does so by itself)."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
