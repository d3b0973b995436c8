"""What is said when a number is called (Q12): "请A零零一号，到一楼三号窗口", digits one by one.

Each announcement comes as a text, for machines with a voice of their own, and as the names of sound fragments that
make the same sentence when played one after the other. Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

DIGITS = "零一二三四五六七八九"
LARGEST_SPOKEN = 99  # above, a window is read digit by digit, as rooms are
BREATH = "_140"  # a fragment `_N` is N milliseconds of silence
FLOOR = re.compile(r"(负)?([一二三四五六七八九十]{1,3}|\d{1,2})[楼层]")
PLAIN_AREA = re.compile(r"(Floor|Basement) (\d{1,2})(?:, Area ([A-Z]))?")
AREA_WORDS = ("大厅", "号楼", "厅", "区", "东", "西", "南", "北", "中", "侧")


@dataclass(frozen=True, slots=True)
class SpokenWindow:
    """Where somebody is called to. Without a number its name is spoken: 导办台."""

    number: int | None
    area: str = ""
    area_en: str = ""
    name: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One sentence: as text, and as fragments. A fragment `a|b` is the first of the two that there is a sound for."""

    language: str
    text: str
    fragments: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For a live state."""
        return {"text": self.text, "fragments": list(self.fragments)}


def announce(number: str, window: SpokenWindow) -> dict[str, dict[str, object]]:
    """Both languages, as a live state carries them: `{"zh": {text, fragments}, "en": {…}}`."""
    return {said.language: said.as_json() for said in (chinese(number, window), english(number, window))}


def chinese(number: str, window: SpokenWindow) -> Announcement:
    """请A零零一号，到一楼三号窗口 (Q12)."""
    spelled = [sign for sign in number if sign.isalnum()]
    said = "".join(DIGITS[int(sign)] if sign in "0123456789" else sign for sign in spelled)
    where, fragments = _chinese_place(window)
    called = ("zh/please", *(_chinese_sign(sign) for sign in spelled), "zh/number", BREATH)
    return Announcement("zh", f"请{said}号，到{where}", (*called, "zh/to", *fragments))


def english(number: str, window: SpokenWindow) -> Announcement:
    """Number A 0 0 1, please go to Window 3, Floor 1. 一楼 is Floor 1: storeys count from the ground up."""
    spelled = [sign for sign in number if sign.isalnum()]
    where, fragments = _english_place(window)
    called = ("en/number", *(_english_sign(sign) for sign in spelled), BREATH)
    text = f"Number {' '.join(spelled)}, please go to {where}"
    return Announcement("en", text, (*called, "en/go-to", *fragments))


def chinese_count(number: int) -> str:
    """A small number as it is spoken: 3 → 三, 12 → 十二, 20 → 二十, 35 → 三十五; from 100 on digit by digit."""
    if not 0 <= number <= LARGEST_SPOKEN:
        return "".join(DIGITS[int(sign)] for sign in str(number) if sign.isdigit())
    tens, ones = divmod(number, 10)
    if tens == 0:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def floor_of(area: str) -> int | None:
    """Which storey an area names, 1 for 一楼, -1 for 负一楼; None where it names none."""
    found = FLOOR.search(area)
    if found is None:
        return None
    level = _read_count(found[2])
    return None if level is None else -level if found[1] else level


def name_fragment(language: str, text: str) -> str:
    """The fragment of a name or an area that the default voice does not know; a hall can render or record it."""
    return f"{language}/name-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _read_count(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    return next((level for level in range(1, LARGEST_SPOKEN + 1) if chinese_count(level) == text), None)


def _chinese_sign(sign: str) -> str:
    return f"zh/{sign}" if sign in "0123456789" else f"letter/{sign.lower()}"


def _english_sign(sign: str) -> str:
    return f"en/{sign}" if sign in "0123456789" else f"letter/{sign.lower()}"


def _count_fragments(language: str, number: int) -> tuple[str, ...]:
    if number > LARGEST_SPOKEN:
        return tuple(f"{language}/{sign}" for sign in str(number))
    tens, ones = divmod(number, 10)
    if tens < 2 or ones == 0:  # noqa: PLR2004 - up to twenty and whole tens have a sound of their own
        return (f"{language}/n{number}",)
    return f"{language}/n{tens * 10}", f"{language}/n{ones}"


def _chinese_place(window: SpokenWindow) -> tuple[str, tuple[str, ...]]:
    if window.number is None:
        where = window.area + window.name
        return where, (f"{name_fragment('zh', where)}|zh/shown",)
    spoken = f"{chinese_count(window.number)}号窗口"
    fragments = (*_count_fragments("zh", window.number), "zh/window")
    return window_area(window.area) + spoken, (*_chinese_area(window.area), *fragments)


def window_area(area: str) -> str:
    """An area as it is spoken: figures of a storey in words, 2楼 → 二楼."""
    return FLOOR.sub(lambda found: f"{found[1] or ''}{chinese_count(abs(floor_of(found[0]) or 0))}楼", area)


def _chinese_area(area: str) -> tuple[str, ...]:
    """Fragments of 一楼A区: put together from known words, or the area's own sound, or left out."""
    if not area:
        return ()
    made, rest = [], area.strip()
    while rest:
        fragment, rest = _area_word(rest)
        if fragment is None:
            level = floor_of(area)
            fallback = f"zh/floor{level}" if level is not None else ""
            return (f"{name_fragment('zh', area)}|{fallback}",)
        made.append(fragment)
    return tuple(made)


def _area_word(rest: str) -> tuple[str | None, str]:
    storey = FLOOR.match(rest)
    if storey:
        return f"zh/floor{floor_of(storey[0])}", rest[storey.end() :]
    word = next((word for word in AREA_WORDS if rest.startswith(word)), None)
    if word:
        return f"zh/{area_id(word)}", rest[len(word) :]
    if rest[0].isascii() and rest[0].isalnum():
        return _chinese_sign(rest[0]), rest[1:]
    return None, rest


def area_id(word: str) -> str:
    """The fragment's name of a word that areas are made of."""
    return f"area{AREA_WORDS.index(word) + 1}"


def _english_place(window: SpokenWindow) -> tuple[str, tuple[str, ...]]:
    if window.number is None:
        where = ", ".join(part for part in (window.name_en or window.name, _english_area(window)) if part)
        return where, (f"{name_fragment('en', where)}|en/shown",)
    fragments = ("en/window", *_count_fragments("en", window.number))
    area = _english_area(window)
    if not area:
        return f"Window {window.number}", fragments
    return f"Window {window.number}, {area}", (*fragments, BREATH, *_english_area_fragments(area, window))


def _english_area_fragments(area: str, window: SpokenWindow) -> tuple[str, ...]:
    plain = PLAIN_AREA.fullmatch(area)
    if plain:
        storey = f"en/floor{'-' if plain[1] == 'Basement' else ''}{plain[2]}"
        return (storey, "en/area", f"letter/{plain[3].lower()}") if plain[3] else (storey,)
    level = floor_of(window.area)
    fallback = f"en/floor{level}" if level is not None else ""
    return (f"{name_fragment('en', area)}|{fallback}",)


def _english_area(window: SpokenWindow) -> str:
    return window.area_en or _storey(floor_of(window.area))


def _storey(level: int | None) -> str:
    if level is None:
        return ""
    return f"Floor {level}" if level > 0 else f"Basement {-level}"
