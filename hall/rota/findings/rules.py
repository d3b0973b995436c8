"""What a file really is, by its content; when a finding is overdue; when it has been called enough (M7). Pure."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hall.calendar.rules import is_working_day
from hall.rota.findings.states import UNCURED, Reached

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hall.calendar.rules import WorkingCalendar

MEGABYTE = 1024 * 1024
LARGEST = 8 * MEGABYTE
"""A photo of a telephone has two to six megabytes; a scanned page less."""
MOST_FILES = 12
MOST_DAYS = 120
CITIZENS_KEPT = timedelta(days=60)
WORDS_KEPT = timedelta(days=2 * 365 + 1)
"""After the end (E2): how long the citizen concerned is known; how long evidence and free words are kept, two years."""
TRIES, TRY_DAYS = 3, 2
"""How often somebody is called who is not reached, and on how many different working days at the least."""
SIGNS = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"%PDF-", "pdf"))
WORD, MACROS = "word/document.xml", "vbaproject.bin"
MOST_PARTS, MOST_UNPACKED = 1000, 80 * MEGABYTE
"""Of a document: ten times the largest file that is taken. What unpacks to more is a bomb for whoever opens it."""
NAME = 80


def sort_of(content: bytes) -> str | None:
    """`jpeg`, `png`, `webp`, `pdf`, `docx` by what the file begins with and holds, whatever its name; else None."""
    for sign, sort in SIGNS:
        if content.startswith(sign):
            return sort
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return "docx" if content[:4] == b"PK\x03\x04" and _is_word(content) else None


def _is_word(content: bytes) -> bool:
    """A Word document without macros, no larger unpacked than one is; only the list of contents is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = [part.filename for part in parts]
    bomb = len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED
    return WORD in names and not bomb and not any(name.lower().endswith(MACROS) for name in names)


def plain_name(name: str) -> str:
    """A file's name without folders and odd signs, at most 80 signs, its end left off: that is ours to say."""
    last = re.split(r"[\\/]", name)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    return re.sub(r"[^\w\-（）() ]", "", stem).strip()[:NAME]


def is_overdue(state: str, due_on: date | None, today: date) -> bool:
    """Whether its deadline is behind it while something is still to be done."""
    return state in UNCURED and due_on is not None and due_on < today


@dataclass(frozen=True, slots=True)
class Tries:
    """Calls at which nobody was reached: how many, and on how many different working days."""

    count: int = 0
    days: int = 0

    @property
    def enough(self) -> bool:
        """Whether no more is owed to somebody who is not reached."""
        return self.count >= TRIES and self.days >= TRY_DAYS


def tries_on(days: Iterable[date], calendar: WorkingCalendar) -> Tries:
    """Count calls by the days on which they were made; a day that is no working day, or not confirmed, is none."""
    called = list(days)
    return Tries(len(called), len({day for day in called if is_working_day(calendar, day)}))


def is_called_back(reached: str | None, tries: Tries) -> bool:
    """Whether the citizen was reached, or was called often enough without it."""
    return tries.enough if reached == Reached.NOT_REACHED else reached is not None


def after_call(before: str | None, now: str) -> str:
    """How it stands after a call: who was reached once stays reached."""
    return before if before and now == Reached.NOT_REACHED else now


def finding_number(year: int, serial: int) -> str:
    """As it is said and printed: 2026-007."""
    return f"{year}-{serial:03}"


def masked_name(name: str) -> str:
    """The first sign of a citizen's name, and a star for each further one, at most two: 王**."""
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else ""
