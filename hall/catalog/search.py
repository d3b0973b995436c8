"""Finding a service by what people type: Chinese, pinyin, initials, English words, codes, and mixtures of them.

Chinese names and aliases are searched by `spoken.Spoken`, English names and codes as they are. Any query takes a few
milliseconds at 10,000 items.

An index is never changed after it was built: any number of threads may search in it; build a new one after a change.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from hall.catalog.readings import letters
from hall.catalog.spoken import BREAK, Spoken, is_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_QUERY = 256
MAX_WORDS = 6
SCATTERED = range(3, 25)  # letters of a query with gaps: fewer say nothing, more nobody types
CODE_LETTERS = 4  # fewer letters without a digit are initials, not part of a code
ENGLISH_REACH = 60  # letters of an English name that a query can run along from the start of a word


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: an item or a bundle. `key` comes back in the hit; `aliases` are what people call it."""

    key: str
    code: str
    name: str
    name_en: str = ""
    aliases: tuple[str, ...] = ()


class Found(StrEnum):
    """Where the query was found."""

    CODE = "code"
    NAME = "name"
    ALIAS = "alias"
    NAME_EN = "name_en"


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry: where it was found, in which text, and whether at its very beginning."""

    key: str
    found: Found
    text: str
    prefix: bool


class _Text(NamedTuple):
    entry: int
    found: Found
    text: str
    plain: str


class _Match(NamedTuple):
    text: _Text
    prefix: bool


def build(entries: Iterable[Entry]) -> Index:
    """An index of `entries`. About a second for 10,000 of them."""
    return Index(tuple(entries))


class Index:
    """Answers `search`. Made by `build`."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        names = [_Text(at, *said) for at, entry in enumerate(entries) for said in _said(entry)]
        self._names = sorted(names, key=lambda text: (len(text.plain), text.found is Found.ALIAS))
        self._spoken = Spoken([text.plain for text in self._names])
        self._codes = _Lines(
            [_Text(at, Found.CODE, entry.code, letters(entry.code)) for at, entry in enumerate(entries)]
        )
        self._english = _Lines(
            [
                _Text(at, Found.NAME_EN, entry.name_en, _word_starts(entry.name_en))
                for at, entry in enumerate(entries)
            ]
        )

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """The entries that fit `query`, best first, each once, at most `limit`. Nothing is refused; "" finds nothing.

        Best first: the code itself; names and aliases that begin with the query, then those that hold it, the shorter
        ones first; English names; unlikely readings of Chinese characters; codes that hold it. Words with spaces
        between them may also stand in any order. Only if nothing fits, the query may be in two parts (`jszbl`:
        驾驶证…补领), and then initials may have gaps anywhere.
        """
        hits: dict[int, Hit] = {}
        if limit < 1:
            return []
        for text, prefix in self._matches(query[: 4 * MAX_QUERY]):
            if text.entry not in hits:
                hits[text.entry] = Hit(self._entries[text.entry].key, text.found, text.text, prefix)
                if len(hits) >= limit:
                    break
        return list(hits.values())

    def _matches(self, query: str) -> Iterator[_Match]:
        plain = letters(query)[:MAX_QUERY]
        if not plain:
            return
        nothing = True
        for match in self._whole(plain):
            nothing = False
            yield match
        words = [word for word in map(letters, re.split(r"[\W_]+", query)) if word][:MAX_WORDS]
        if len(words) > 1:
            for match in self._all_of(words):
                nothing = False
                yield match
        if nothing and len(plain) in SCATTERED and all(map(is_letter, plain)):
            yield from self._named(self._spoken.in_two(plain))
            yield from self._named(self._spoken.scattered(plain))

    def _whole(self, plain: str) -> Iterator[_Match]:
        """The query as one piece, by rank."""
        numbered = any(map(str.isdigit, plain))
        yield from self._codes.find(f"{BREAK}{plain}{BREAK}", prefix=True)
        if numbered:
            yield from self._codes.find(BREAK + plain, prefix=True)
        yield from self._by_name(plain, every=False)
        yield from self._english.find(f"{BREAK} {plain}", prefix=True)
        yield from self._english.find(" " + plain, prefix=False)
        if not plain.isnumeric():
            yield from self._by_name(plain, every=True)
        yield from self._codes.find(BREAK + plain, prefix=True)
        if numbered or len(plain) >= CODE_LETTERS:
            yield from self._codes.find(plain, prefix=False)

    def _all_of(self, words: list[str]) -> Iterator[_Match]:
        """All words in one text, in any order."""
        yield from self._named(self._spoken.holding(words))
        if "".join(words).isascii():
            yield from self._english.holding([" " + word for word in words])

    def _by_name(self, plain: str, *, every: bool) -> Iterator[_Match]:
        for number, prefix in self._spoken.find(plain, every=every):
            yield _Match(self._names[number], prefix)

    def _named(self, numbers: Iterable[int]) -> Iterator[_Match]:
        for number in numbers:
            yield _Match(self._names[number], prefix=False)


def _said(entry: Entry) -> Iterator[tuple[Found, str, str]]:
    """An entry's name and aliases as they are and in letters; each only once."""
    seen = set()
    for found, text in ((Found.NAME, entry.name), *((Found.ALIAS, alias) for alias in entry.aliases)):
        plain = letters(text)
        if plain and plain not in seen:
            seen.add(plain)
            yield found, text, plain


def _word_starts(text: str) -> str:
    """The English text run together from each of its words on: ` busstop stop` for "Bus stop"."""
    words = [word for word in map(letters, re.split(r"[\W_]+", text)) if word]
    runs = accumulate(reversed(words), lambda after, word: (word + after)[:ENGLISH_REACH])
    return "".join(" " + run for run in reversed(list(runs)))


class _Lines:
    """Short texts searched as they are, shortest first."""

    def __init__(self, texts: list[_Text]) -> None:
        self._texts = sorted((text for text in texts if text.plain), key=lambda text: len(text.plain))
        self._lines = [f"{BREAK}{text.plain}{BREAK}" for text in self._texts]
        self._all = "".join(self._lines)
        self._starts = list(accumulate(map(len, self._lines), initial=0))

    def find(self, piece: str, *, prefix: bool) -> Iterator[_Match]:
        """The texts that hold `piece`, with the breaks around them counted in."""
        at = self._all.find(piece)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield _Match(self._texts[number], prefix)
            at = self._all.find(piece, self._starts[number + 1])

    def holding(self, pieces: list[str]) -> Iterator[_Match]:
        """The texts that hold every piece."""
        numbers: Iterable[int] = range(len(self._lines))
        for piece in pieces:
            numbers = [number for number in numbers if piece in self._lines[number]]
        for number in numbers:
            yield _Match(self._texts[number], prefix=False)
