"""Whatever is in the catalogue is found by whatever of it people type."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.catalog.demo import load
from hall.catalog.readings import letters, likely, readings
from hall.catalog.search import Entry, Found, build

if TYPE_CHECKING:
    from hall.catalog.search import Index

OFFICIAL = sorted({sign for item in load().items for sign in item.name if readings(sign)})
POLYPHONES = list("长葛单仇解行重还调会给区查盖朴乐传藏女绿略")
hanzi = st.sampled_from(OFFICIAL + POLYPHONES)
marks = st.sampled_from(list("（）、，·《》A2１"))
names = (
    st.lists(hanzi | marks, min_size=2, max_size=24).map("".join).filter(lambda name: len(letters(name)) > 1)
)
noise = st.text(st.sampled_from(list(" \t\n\0\u200b\u202e\ufeff😀！-'")), max_size=3)


@pytest.fixture(scope="module")
def others() -> list[Entry]:
    """The demo's items, among which the one must be found."""
    return [Entry(item.code, item.code, item.name, item.name_en, item.aliases) for item in load().items]


def among(others: list[Entry], name: str) -> Index:
    return build([*others, Entry("wanted", "W-0001", name)])


def finds(index: Index, query: str) -> bool:
    return any(hit.key == "wanted" for hit in index.search(query, limit=len(index)))


@given(name=names, data=st.data())
def test_every_item_is_found_by_any_part_of_its_name(
    others: list[Entry], name: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    if letters(part):
        assert finds(among(others, name), part), f"{part!r} is in {name!r}: look at Spoken._literal"


@given(name=names, data=st.data())
def test_every_item_is_found_by_any_mixture_of_all_readings_and_initials(
    others: list[Entry], name: str, data: st.DataObject
) -> None:
    typed = []
    plain = letters(name)
    start = data.draw(st.integers(0, len(plain) - 1))
    for sign in plain[start:]:
        reading = data.draw(st.sampled_from(readings(sign) or (sign,)))
        initial = reading[: 1 + (reading[1:2] == "h")]
        typed.append(data.draw(st.sampled_from([sign, reading, reading[0], initial])))
    query = "".join(typed)
    assert finds(among(others, name), query), f"{query!r} spells {plain[start:]!r}: look at Spoken._after"


@given(name=names)
def test_every_item_is_found_by_its_full_pinyin_and_by_its_initials(others: list[Entry], name: str) -> None:
    index = among(others, name)
    spoken = [reading or sign for reading, sign in zip(likely(letters(name)), letters(name), strict=True)]
    assert finds(index, "".join(spoken))
    assert finds(index, " ".join(spoken))
    assert finds(index, "".join(reading[0] for reading in spoken).upper())


@given(name=names, between=st.lists(noise, min_size=60, max_size=60))
def test_spaces_case_width_emoji_and_control_characters_change_nothing(
    others: list[Entry], name: str, between: list[str]
) -> None:
    index = among(others, name)
    wide = {ord(sign): ord(sign) + 0xFEE0 for sign in string.ascii_letters + string.digits}
    query = "".join(sign + between[place % len(between)] for place, sign in enumerate(name)).translate(wide)
    first = [hit for hit in index.search(name) if hit.key == "wanted"]
    assert [hit for hit in index.search(query) if hit.key == "wanted"] == first, "look at readings.letters"
    assert finds(index, query)


@given(query=st.text(max_size=400), limit=st.integers(-1, 30))
def test_no_query_does_harm_and_no_entry_comes_twice(others: list[Entry], query: str, limit: int) -> None:
    hits = among(others, "营业执照").search(query, limit)
    assert len(hits) <= max(limit, 0)
    assert len({hit.key for hit in hits}) == len(hits)


@given(size=st.integers(2, 12), data=st.data())
def test_shorter_names_come_first_and_beginnings_before_middles(size: int, data: st.DataObject) -> None:
    core = "".join(data.draw(st.lists(st.sampled_from("营业执照"), min_size=2, max_size=4)))
    tails = data.draw(
        st.lists(st.text(st.sampled_from("市县乡村"), max_size=6), min_size=size, max_size=size)
    )
    heads = data.draw(st.lists(st.sampled_from(["", "省", "市省"]), min_size=size, max_size=size))
    entries = [
        Entry(str(place), f"C{place}", head + core + tail)
        for place, (head, tail) in enumerate(zip(heads, tails, strict=True))
    ]
    hits = build(entries).search("".join(likely(core)))
    ranks = [(not hit.prefix, len(hit.text)) for hit in hits if hit.found is Found.NAME]
    assert len(ranks) == size
    assert ranks == sorted(ranks), "the order of texts in Index.__init__ is the rank"
