"""The demo hall hangs together: what it names exists, and what it says is complete in both languages."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from hall.catalog.demo import DemoItem, load
from hall.catalog.kinds import MODE_NAMES, Kind

HALL = load()
ITEMS = {item.code: item for item in HALL.items}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_it_has_the_size_that_was_promised() -> None:
    assert HALL.site.division == "411528"
    assert len(HALL.departments) >= 15
    assert len(HALL.lines) == 12
    assert len(HALL.windows) == 20
    assert 10 <= len(HALL.situations) <= 12
    assert len(HALL.items) >= 60
    assert len(HALL.bundles) >= 6


def test_Q1_prefixes_are_unique_and_none_looks_like_a_digit() -> None:
    prefixes = [line.prefix for line in HALL.lines]
    assert len(set(prefixes)) == len(prefixes)
    assert not {"I", "O"} & set(prefixes)
    assert [line.code for line in HALL.lines] == [f"xixian-{prefix.lower()}" for prefix in prefixes]


def test_Q5_every_line_is_preferred_somewhere_and_eight_windows_serve_the_first() -> None:
    lines = {line.code for line in HALL.lines}
    for window in HALL.windows:
        assert window.preferred, f"{window.code} prefers no line"
        assert set(window.preferred + window.others) <= lines
        assert not set(window.preferred) & set(window.others)
        assert window.area.startswith(window.floor)
    assert {line for window in HALL.windows for line in window.preferred} == lines
    first = HALL.lines[0].code
    assert sum(first in window.preferred + window.others for window in HALL.windows) >= 8
    assert [window.code for window in HALL.windows] == [f"xixian-{number:02d}" for number in range(1, 21)]


@pytest.mark.parametrize("item", HALL.items, ids=lambda item: item.code)
def test_each_item_says_where_how_long_and_with_which_papers(item: DemoItem) -> None:
    assert item.department in {one.code for one in HALL.departments}
    assert item.line in {one.code for one in HALL.lines}
    assert set(item.situations) <= {one.code for one in HALL.situations}
    assert item.situations, f"{item.name} stands behind no tile of the kiosk"
    assert (item.kind is Kind.INSTANT) == (item.committed_days == 0)
    if item.statutory_days is not None:
        assert item.committed_days <= item.statutory_days, (
            f"{item.name} promises more days than the law allows"
        )
    assert CHINESE.search(item.name)
    assert item.fee
    assert item.name_en
    assert not CHINESE.search(item.name_en + item.fee_en)
    assert item.aliases
    assert item.materials
    assert any(paper.required for paper in item.materials)


def test_I1_I5_the_demo_has_every_way_of_working_and_special_procedures_with_their_basis() -> None:
    assert {item.mode for item in HALL.items} == set(MODE_NAMES)
    assert ITEMS["411528-SCJG-001"].result_name == "营业执照"
    assert sum(item.second_review for item in HALL.items) >= 5
    named = [item for item in HALL.items if item.procedures]
    assert len(named) >= 10
    for item in HALL.items:
        assert item.result_name
        assert item.result_name_en
        assert not CHINESE.search(item.result_name_en)
        for procedure in item.procedures:
            assert procedure.basis.startswith("《")
            assert item.kind is Kind.COMMITTED, "what is done at once has no clock to stop"
    days = {(one.name, one.planned_days) for item in HALL.items for one in item.procedures}
    assert {("专家评审", 30), ("现场核查", 10)} <= days


@pytest.mark.parametrize("name", ["企业开办", "餐饮", "新生儿", "水电气", "退休", "身后"])
def test_I6_the_six_bundles_of_the_demo_save_visits_and_papers(name: str) -> None:
    bundle = next(bundle for bundle in HALL.bundles if name in bundle.name)
    alone = sum(len(ITEMS[code].materials) for code in bundle.items)
    together = {(paper.name, paper.condition) for code in bundle.items for paper in ITEMS[code].materials}
    assert len(together) < alone
    assert bundle.trips_after < bundle.trips_before


@pytest.mark.parametrize("item", HALL.items, ids=lambda item: item.code)
def test_I2_each_paper_of_an_item_is_complete_and_listed_once(item: DemoItem) -> None:
    counted = Counter((paper.paper, paper.condition) for paper in item.materials)
    assert max(counted.values()) == 1, f"{item.name} lists a paper twice: {counted.most_common(1)}"
    for paper in item.materials:
        assert paper.originals + paper.copies > 0
        assert paper.name
        assert paper.source
        assert bool(paper.condition) == bool(paper.condition_en)
        assert not CHINESE.search(paper.name_en + paper.source_en + paper.condition_en)
        assert paper.name_en
        assert paper.source_en


def test_I6_bundles_name_their_items_and_the_papers_that_these_share() -> None:
    for bundle in HALL.bundles:
        assert len(bundle.items) > 1
        assert len(set(bundle.items)) == len(bundle.items)
        asked = Counter(
            key for code in bundle.items for key in {paper.paper for paper in ITEMS[code].materials}
        )
        for key in bundle.shared_papers:
            assert asked[key] > 1, f"{bundle.name} shares {key}, which fewer than two of its items ask for"
        assert bundle.trips_after < bundle.trips_before
        assert bundle.line in {line.code for line in HALL.lines}
        assert set(bundle.situations) <= {one.code for one in HALL.situations}


def test_names_codes_and_tiles_are_unique_and_no_tile_is_empty() -> None:
    for values in (
        [item.code for item in HALL.items],
        [item.name for item in HALL.items],
        [item.name_en for item in HALL.items],
        [bundle.code for bundle in HALL.bundles],
        [bundle.name for bundle in HALL.bundles],
        [one.code for one in HALL.departments],
        [one.icon for one in HALL.situations],
    ):
        assert len(set(values)) == len(values), Counter(values).most_common(1)
    used = Counter(situation for item in HALL.items for situation in item.situations)
    assert min(used[one.code] for one in HALL.situations) >= 3


def test_every_department_has_an_item() -> None:
    assert {item.department for item in HALL.items} == {one.code for one in HALL.departments}


def test_the_county_is_written_the_same_everywhere() -> None:
    names = [HALL.site.name, *(one.name for one in HALL.departments)]
    assert all("息县" in name for name in names)
