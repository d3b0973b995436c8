"""Texts found by how they are spoken: by characters, whole readings, initials, and mixtures of them.

All texts lie one after the other in one long text. A set of places in it is one large integer, a bit for each place,
so that a step of the search is a handful of integer operations over all texts at once: the work grows with the length
of the query, not with the number of hits.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from hall.catalog.readings import likely, readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_READING = 6  # zhuang, chuang, shuang
SPREAD = (
    5  # letters with gaps stand in a text at most so many times their number long: longer ones hold anything
)
BREAK = "\n"


class Spoken:
    """Texts in order of rank, each in the form of `readings.letters`; answers are numbers of texts, in that order."""

    def __init__(self, plains: Sequence[str]) -> None:
        self._all = "".join(plain + BREAK for plain in plains)
        ends = list(accumulate(len(plain) + 1 for plain in plains))
        self._breaks = [end - 1 for end in ends]
        self._heads = _places([0, *ends][: len(ends)], len(self._all))
        self._stops = _places(self._breaks, len(self._all))
        self._everywhere = (1 << len(self._all)) - 1
        self._bodies = self._everywhere ^ self._stops
        spoken = [likely(plain) for plain in plains]
        self._initials = [
            "".join(reading[:1] or character for reading, character in zip(said, plain, strict=True))
            for said, plain in zip(spoken, plains, strict=True)
        ]
        self._likely = self._by_chunk(_likely_places(spoken))
        self._every = self._by_chunk(_every_place(self._all))
        self._completions = _completions(self._every)

    def find(self, plain: str, *, every: bool) -> Iterator[tuple[int, bool]]:
        """The texts that begin with the query (True), then those that hold it; by every reading or the likely ones."""
        starts = self._after(plain, self._every if every else self._likely)[0]
        for bits, prefix in ((starts & self._heads, True), (starts, False)):
            for number in self._numbers(self._fold(bits)):
                yield number, prefix

    def holding(self, words: list[str]) -> Iterator[int]:
        """The texts that hold every word, by any reading."""
        flags = self._stops
        for word in words:
            flags &= self._fold(self._after(word, self._every)[0])
        yield from self._numbers(flags)

    def in_two(self, plain: str) -> Iterator[int]:
        """The texts that hold both parts of a query cut somewhere, about its middle first (`jsz` + `bl`)."""
        after, before = self._after(plain, self._likely), self._before(plain)
        middle = len(plain) / 2
        for cut in sorted(range(2, len(plain) - 1), key=lambda cut: abs(cut - middle)):
            yield from self._numbers(self._fold(before[cut]) & self._fold(after[cut]))

    def scattered(self, plain: str) -> Iterator[int]:
        """The texts whose likely initials hold these letters in order, with gaps."""
        pattern = re.compile("".join(f"[^{letter}]*+{letter}" for letter in plain))
        longest = SPREAD * len(plain)
        for number, initials in enumerate(self._initials):
            if len(initials) <= longest and pattern.match(initials):
                yield number

    def _after(self, plain: str, table: dict[str, int]) -> list[int]:
        """For each point of the query, the places at which the rest of it can begin; for its end, all places.

        Worked out from the end. A letter belongs to a whole reading, to an initial (also zh, ch, sh), or at the end
        of the query to the beginning of a reading; anything else stands for itself.
        """
        size = len(plain)
        after = [0] * size + [self._everywhere]
        for at in range(size - 1, -1, -1):
            bits = 0
            if is_letter(plain[at]):
                for end in range(at + 1, min(at + LONGEST_READING, size) + 1):
                    if after[end]:
                        bits |= self._chunk(plain[at:end], table, last=end == size) & (after[end] >> 1)
            elif at == 0 or is_letter(plain[at - 1]):
                end = next((end for end in range(at, size) if is_letter(plain[end])), size)
                if after[end]:
                    bits = self._literal(plain[at:end]) & (after[end] >> (end - at))
            after[at] = bits
        return after

    def _before(self, plain: str) -> list[int]:
        """For each point of a query in letters, the places of the last character of what comes before it."""
        before = [self._everywhere]
        for end in range(1, len(plain) + 1):
            bits = 0
            for at in range(max(0, end - LONGEST_READING), end):
                if before[at]:
                    bits |= self._likely.get(plain[at:end], 0) & (before[at] << 1 if at else before[at])
            before.append(bits)
        return before

    def _chunk(self, chunk: str, table: dict[str, int], *, last: bool) -> int:
        bits = table.get(chunk, 0)
        if last and len(chunk) > 1:
            for reading in self._completions.get(chunk, ()):
                bits |= table.get(reading, 0)
        return bits

    def _literal(self, piece: str) -> int:
        found = []
        at = self._all.find(piece)
        while at >= 0:
            found.append(at)
            at = self._all.find(piece, at + 1)
        return _places(found, len(self._all))

    def _fold(self, bits: int) -> int:
        """From places to texts, one bit at each text's end: adding ones carries there from any place set in it."""
        return (bits + self._bodies) & self._stops if bits else 0

    def _numbers(self, flags: int) -> Iterator[int]:
        marks = f"{flags:b}"[::-1]
        at = marks.find("1")
        while at >= 0:
            yield bisect_left(self._breaks, at)
            at = marks.find("1", at + 1)

    def _by_chunk(self, places: dict[str, list[int]]) -> dict[str, int]:
        """From whole readings to everything that may be typed for them; letters of names stand for themselves."""
        table: dict[str, int] = {}
        for reading, found in places.items():
            bits = _places(found, len(self._all))
            for chunk in {reading, reading[0], reading[: 1 + (reading[1:2] == "h")]}:
                table[chunk] = table.get(chunk, 0) | bits
        for letter in filter(is_letter, set(self._all)):
            table[letter] = table.get(letter, 0) | self._literal(letter)
        return table


def is_letter(character: str) -> bool:
    """Whether this is one of the letters in which readings are typed."""
    return "a" <= character <= "z"


def _completions(table: dict[str, int]) -> dict[str, list[str]]:
    """For each beginning of two letters and more, the chunks that begin so."""
    found: dict[str, list[str]] = {}
    for chunk in table:
        for size in range(2, len(chunk)):
            found.setdefault(chunk[:size], []).append(chunk)
    return found


def _places(found: Iterable[int], size: int) -> int:
    """A set of places as an integer."""
    bits = bytearray(size // 8 + 1)
    for at in found:
        bits[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(bits, "little")


def _likely_places(spoken: list[list[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    at = 0
    for said in spoken:
        for reading in said:
            if reading:
                found.setdefault(reading, []).append(at)
            at += 1
        at += len(BREAK)
    return found


def _every_place(text: str) -> dict[str, list[int]]:
    by_character: dict[str, list[int]] = {}
    for at, character in enumerate(text):
        by_character.setdefault(character, []).append(at)
    found: dict[str, list[int]] = {}
    for character, places in by_character.items():
        for reading in readings(character):
            found.setdefault(reading, []).extend(places)
    return found
