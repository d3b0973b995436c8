"""How the Word file of a bulletin lies, opened again: what was seen of it on paper (M8, GB/T 9704)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hall.rota.bulletins import drafting, rules, tables
from hall.rota.bulletins.document import document
from hall.rota.bulletins.layout import broken
from hall.rota.bulletins.queries import Frozen

KINDS = (
    "present",
    "late",
    "left_early",
    "stand_in",
    "on_leave",
    "absent",
    "explained",
    "checking",
    "expected",
)
LONG = "县自然资源和规划局不动产登记与国土空间用途管制服务中心"


def figures(bodies: int, turns: int, overdue: int) -> dict[str, Any]:
    """A bulletin of so many departments with long names."""
    names = [f"{LONG}第{number}分局" for number in range(bodies)]
    turn = {
        "day": "2026-11-16", "part": "pm", "window": 5, "head": "欧阳晓明", "title": "党组书记、局长", "came": "",
        "kind": "absent", "late_min": 0, "early_min": 0,
        "explanation": {"reason": "flood", "said": "河堤巡查，已报备"},
    }  # fmt: skip
    body = {
        "turns": 2, "findings_due": 1, "findings_in_time": 1, "promises_due": 0, "promises_kept": 0, "score": "100.0",
        **dict.fromkeys(KINDS, 0),
    }  # fmt: skip
    late = {"title": "取号机纸张用完无人更换，群众等候超过二十分钟", "body": LONG, "due_on": "2026-11-20"}
    return {
        "hall": {"name": "息县政务服务大厅"},
        "rota": {"name": "局长周一见"},
        "first": "2026-11-02",
        "last": "2026-11-29",
        "days": ["2026-11-16"],
        "attendance": [{**turn, "body": names[number % bodies]} for number in range(turns)],
        "totals": {"turns": turns, **dict.fromkeys(KINDS, 0), "absent": turns},
        "matters": dict.fromkeys(("taken", "promised", "kept", "not_kept", "pointed"), 0),
        "findings": {
            "found": 1, "closed": 0, "open": overdue,
            "overdue": [{**late, "number": f"2026-{number:03d}"} for number in range(overdue)],
        },
        "bodies": [{**body, "name": name, "rank": 1 + place} for place, name in enumerate(names if turns else ())],
        "formula": rules.WEIGHTS,
        "method": tables.formula(rules.WEIGHTS),
    }  # fmt: skip


def opened(given: dict[str, Any]) -> Any:
    """The file of it, read again."""
    sheet = {
        "year": 2026, "number": 3, "signed_on": "2026-11-30", "title": drafting.title_of(given),
        "text": drafting.text_of(given), "figures": given,
    }  # fmt: skip
    return Document(io.BytesIO(document(Frozen(1, "monday", sheet, "", "0" * 64, ()))))


@pytest.fixture(scope="module")
def large() -> Any:
    return opened(figures(40, 96, 12))


def test_M8_the_text_area_is_that_of_the_standard_on_every_section(large: Any) -> None:
    assert len(large.sections) == 4
    for section in large.sections:
        wide = section.page_width - section.left_margin - section.right_margin
        high = section.page_height - section.top_margin - section.bottom_margin
        lengths = (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.left_margin,
            wide,
            high,
        )
        assert [round(length / Mm(1)) for length in lengths] == [210, 297, 37, 28, 156, 225]


def test_M8_each_table_repeats_its_heads_tears_no_row_and_fills_the_text_area(large: Any) -> None:
    assert [len(table.rows) for table in large.tables] == [97, 41, 13]
    for table in large.tables:
        for at, row in enumerate(table.rows):
            found = row._tr.trPr
            assert found.find(qn("w:cantSplit")) is not None
            assert (found.find(qn("w:tblHeader")) is not None) is (at == 0)
            assert round(sum(cell.width for cell in row.cells) / Mm(1)) == 156
        assert round(sum(column.width for column in table.columns) / Mm(1)) == 156
        assert not table.autofit


def test_M8_every_run_names_its_chinese_type(large: Any) -> None:
    inside = [
        one for table in large.tables for row in table.rows for cell in row.cells for one in cell.paragraphs
    ]
    footers = [
        one
        for part in (large.sections[0].footer, large.sections[0].even_page_footer)
        for one in part.paragraphs
    ]
    types = set()
    for paragraph in (*large.paragraphs, *inside, *footers):
        for run in paragraph.runs:
            named = run._r.rPr.rFonts.get(qn("w:eastAsia"))
            assert named, f"“{run.text}” has whatever type the reader's computer likes."
            types.add(named)
    assert types == {"仿宋_GB2312", "黑体", "宋体", "方正小标宋简体"}


def test_M8_the_head_is_red_with_its_number_and_a_red_rule_below(large: Any) -> None:
    head, number = large.paragraphs[:2]
    assert (head.text, str(head.runs[0].font.color.rgb)) == ("息县政务服务大厅督导通报", "C00000")
    assert number.text == "2026年第3期\t2026年11月30日"
    rule = number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (rule.get(qn("w:color")), rule.get(qn("w:val"))) == ("C00000", "single")


def test_M8_a_long_title_is_broken_where_its_sense_is(large: Any) -> None:
    title = next(one for one in large.paragraphs if one.text.startswith("关于"))
    assert title.text == "关于2026年11月2日至11月29日\n“局长周一见”活动情况的通报"
    assert broken("关于2026年第3期通报的更正") == ("关于2026年第3期通报的更正", "")
    assert broken("长" * 60) == ("长" * 60, "")


def test_M8_annexes_are_named_below_the_text_and_the_signature_stays_with_it(large: Any) -> None:
    said = [one.text for one in large.paragraphs]
    at = said.index("附件：1. 到岗情况")
    assert said[at + 1 : at + 3] == ["2. 单位排名", "3. 逾期未整改的问题"]
    authority, day = large.paragraphs[at + 5 : at + 7]
    assert (authority.text, day.text) == ("息县政务服务大厅", "2026年11月30日")
    together = large.paragraphs[at : at + 6]
    assert all(one.paragraph_format.keep_with_next for one in together)
    assert day.paragraph_format.right_indent == Pt(72)  # centred on each other
    assert authority.paragraph_format.right_indent == Pt(64)
    assert [one for one in said if one in {"附件1", "附件2", "附件3"}] == ["附件1", "附件2", "附件3"]


def test_M8_the_end_names_the_hash_and_who_issued_it_between_two_rules(large: Any) -> None:
    hashed, imprint = large.paragraphs[-2:]
    assert hashed.text.endswith("0" * 64)
    assert imprint.text == "息县政务服务大厅\t2026年11月30日印发"
    assert [
        len(imprint._p.pPr.find(qn("w:pBdr")).findall(qn(f"w:{side}"))) for side in ("top", "bottom")
    ] == [1, 1]


def test_M8_many_overdue_findings_are_told_by_the_annex(large: Any) -> None:
    assert any(one.text == "逾期未整改12个，详见附件。" for one in large.paragraphs)
    few = opened(figures(2, 2, 2))
    assert any("2026-001“取号机" in one.text for one in few.paragraphs)


def test_M8_a_bulletin_without_anything_has_no_annex(large: Any) -> None:
    empty = opened(figures(1, 0, 0))
    assert (len(empty.tables), len(empty.sections)) == (0, 1)
    assert not any("附件：" in one.text for one in empty.paragraphs)
    assert empty.paragraphs[-1].text.endswith("印发")
