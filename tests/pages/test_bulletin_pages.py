"""Bulletins as pages and as a Word document, which is opened again and read (M8)."""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document
from docx.shared import Mm, Pt
from sqlalchemy import update

from hall.rota.models import RotaBody
from hall.unit_of_work import units
from tests.bulletins_at_work import AFTER, DAYS, Bulletins
from tests.cases_at_work import at

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

LIST = "/receptions/bulletins"
FIRST = f"{LIST}/directors/2026/1"
TEXT = "截至目前，活动开展顺利。\n一、到岗情况\n主要负责人到岗1人次。\n二、工作要求\n按时到岗。"


@pytest.fixture
def hall(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Bulletins:
    app.config["WTF_CSRF_METHODS"] = []  # the guard against foreign pages has tests of its own
    found = Bulletins(client, demo)
    found.held()
    return found


def page(hall: Bulletins, path: str, who: str = "manager", status: int = 200, **form: Any) -> str:
    headers = {"Authorization": f"Bearer {hall.tokens[who]}"} if who else {}
    with at(AFTER):
        answer = (
            hall.client.post(path, headers=headers, data=form)
            if form
            else hall.client.get(path, headers=headers)
        )
    assert answer.status_code == status, answer.text
    return str(answer.text)


def signed(hall: Bulletins, text: str = TEXT) -> int:
    key = int(hall.draft()["bulletin"])
    hall.step(key, "edit", title="关于三月“局长周一见”活动情况的通报", text=text)
    hall.step(key, "sign-off", "second")
    return key


def opened(hall: Bulletins, path: str = FIRST) -> Any:
    answer = hall.client.get(f"{path}.docx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('.docx"')
    return Document(io.BytesIO(answer.data))


def test_M8_a_bulletin_goes_from_draft_to_everybody_by_forms(hall: Bulletins) -> None:
    assert "还没有通报" in page(hall, LIST, "")
    page(hall, LIST, status=303, rota="directors", **DAYS)
    draft = f"{LIST}/drafts/1"
    assert "主要负责人到岗1人次" in page(hall, draft)
    page(hall, f"{draft}/edit", status=303, revision=1, title="关于活动的通报", text=TEXT)
    assert "须由他人签发" in page(hall, f"{draft}/sign-off", status=403, revision=2)
    page(hall, f"{draft}/sign-off", "second", 303, revision=2)
    assert "关于活动的通报" in page(hall, LIST, "")
    told = page(hall, FIRST, "")
    assert "2026年第1期" in told
    assert "第1局" in told
    page(hall, draft, status=404)
    page(hall, f"{draft}/edit", "second", 409, revision=2, title="x", text="y")


def test_M8_drafts_are_the_managers_alone(hall: Bulletins) -> None:
    key = hall.draft()["bulletin"]
    page(hall, f"{LIST}/drafts/{key}", "head0", 403)
    page(hall, f"{LIST}/drafts/{key}", "", 302)
    assert "drafts/" not in page(hall, LIST, "head0") + page(hall, LIST, "")
    page(hall, FIRST, "", 404)


def test_what_is_wrong_with_a_draft_is_said_and_what_was_typed_stays(hall: Bulletins) -> None:
    assert 'href="#field-last"' in page(
        hall, LIST, status=422, rota="directors", first="2026-03-30", last="2027-01-01"
    )
    assert 'href="#field-first"' in page(hall, LIST, status=422, rota="directors", first="x", last="y")
    key = hall.draft()["bulletin"]
    told = page(hall, f"{LIST}/drafts/{key}/edit", status=422, revision=1, title=" ", text="写了很多")
    assert 'href="#field-title"' in told
    assert "写了很多</textarea>" in told
    page(hall, f"{LIST}/drafts/{key}/sign-off", "second", 409, revision=0)
    page(hall, f"{LIST}/drafts/{key}/edit", status=409, revision="٣", title="x", text="y")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "soon"])
def test_M8_days_that_nobody_means_are_refused_at_their_field(hall: Bulletins, day: str) -> None:
    assert "请选择日期" in page(hall, LIST, status=422, rota="directors", first=day, last=day)


def test_M8_the_file_with_the_figures_has_the_hash_that_is_printed(hall: Bulletins) -> None:
    signed(hall)
    answer = hall.client.get(f"{FIRST}.json")
    digest = hashlib.sha256(answer.data).hexdigest()
    assert digest in page(hall, FIRST, "")
    assert any(digest in paragraph.text for paragraph in opened(hall).paragraphs)


def test_M8_the_word_document_says_what_the_bulletin_says(hall: Bulletins) -> None:
    signed(hall)
    found = opened(hall)
    said = [paragraph.text for paragraph in found.paragraphs if paragraph.text]
    assert said[:3] == [
        "息县政务服务大厅督导通报",
        "2026年第1期\t2026年3月30日",
        "关于三月“局长周一见”活动情况的通报",
    ]
    assert said[3:8] == TEXT.split("\n")
    assert said[8:11] == ["附件：1. 到岗情况", "2. 单位排名", "3. 逾期未整改的问题"]
    assert said[11:13] == ["息县政务服务大厅", "2026年3月30日"]
    attendance, ranking, overdue = found.tables
    assert [cell.text for cell in attendance.rows[1].cells][2:] == ["第0局", "局长0 局长", "到岗"]
    assert [cell.text for cell in attendance.rows[2].cells][2:] == ["第1局", "局长1 局长", "缺席"]
    assert [cell.text for cell in ranking.rows[1].cells] == ["1", "第0局", "1/1", "0/0", "0/0/0", "100.0"]
    assert [cell.text for cell in overdue.rows[1].cells][:3] == [
        "2026-001",
        "取号机纸张用完无人更换",
        "第1局",
    ]
    assert any(line.startswith("计算办法：得分＝到岗率×50") for line in said)


def test_M8_the_word_document_lies_as_the_standard_wants_it(hall: Bulletins) -> None:
    signed(hall)
    found = opened(hall)
    for section in found.sections:
        lengths = (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        )
        assert [round(length / Mm(1)) for length in lengths] == [210, 297, 37, 35, 28, 26]
    body = next(one for one in found.paragraphs if one.text.startswith("截至目前"))
    assert (body.paragraph_format.line_spacing, body.runs[0].font.size) == (Pt(28), Pt(16))
    assert body.paragraph_format.first_line_indent == Pt(32)
    assert 'w:eastAsia="仿宋_GB2312"' in body._p.xml
    heading = next(one for one in found.paragraphs if one.text == "一、到岗情况")
    assert 'w:eastAsia="黑体"' in heading._p.xml
    title = next(one for one in found.paragraphs if one.text.startswith("关于三月"))
    assert (title.runs[0].font.size, 'w:eastAsia="方正小标宋简体"' in title._p.xml) == (Pt(22), True)
    first = found.sections[0]
    for footer in (first.footer, first.even_page_footer):
        xml = footer._element.xml
        assert "PAGE" in xml
        assert footer.paragraphs[0].text.replace(" ", "") == "——"
    assert found.settings.odd_and_even_pages_header_footer
    core = found.core_properties
    assert (core.author, core.last_modified_by) == ("息县政务服务大厅", "息县政务服务大厅")


def test_M8_a_frozen_page_and_document_stay_when_names_change(hall: Bulletins, app: Flask) -> None:
    signed(hall)
    before = page(hall, FIRST, "")
    with app.app_context():
        units().run(
            lambda session: session.execute(
                update(RotaBody).where(RotaBody.name == "第1局").values(name="改名局")
            )
        )

    def plain(text: str) -> str:
        return re.sub(r'content="[^"]+"|value="[^"]+"', "", text)

    assert plain(page(hall, FIRST, "")) == plain(before)
    assert "改名局" not in "".join(
        cell.text for table in opened(hall).tables for row in table.rows for cell in row.cells
    )


def test_M8_a_correction_is_cited_on_both_sides(hall: Bulletins) -> None:
    signed(hall)
    page(hall, f"{FIRST}/correct", "second", 303, x="1")
    page(hall, f"{LIST}/drafts/2/sign-off", "manager", 303, revision=1)
    assert "/receptions/bulletins/directors/2026/2" in page(hall, FIRST, "")
    assert "更正：" in page(hall, f"{LIST}/directors/2026/2", "")
    said = [paragraph.text for paragraph in opened(hall, f"{LIST}/directors/2026/2").paragraphs]
    assert "关于2026年第1期通报的更正" in said


def test_M8_the_word_file_is_made_once_and_whoever_has_it_is_told_so(hall: Bulletins, app: Flask) -> None:
    signed(hall)
    kept = app.config["HALL"].data / "bulletins"
    assert not kept.exists()
    first = hall.client.get(f"{FIRST}.docx")
    digest = hashlib.sha256(hall.client.get(f"{FIRST}.json").data).hexdigest()
    assert [file.name for file in kept.iterdir()] == [f"{digest}.docx"]
    assert (kept / f"{digest}.docx").read_bytes() == first.data
    assert first.headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
    again = hall.client.get(f"{FIRST}.docx", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    (kept / f"{digest}.docx").write_bytes(b"kept")
    changed = hall.client.get(f"{FIRST}.docx", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.data) == (200, b"kept")
    (kept / f"{digest}.docx").unlink()
    assert len(opened(hall).tables) == 3
    figures = hall.client.get(f"{FIRST}.json")
    same = hall.client.get(f"{FIRST}.json", headers={"If-None-Match": figures.headers["ETag"]})
    assert (figures.headers["ETag"], same.status_code) == (f'"{digest}"', 304)
