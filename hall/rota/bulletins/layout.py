"""How an official document lies on its page: lengths and types of GB/T 9704-2012, written with python-docx (M8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docx.document import Document
    from docx.text.paragraph import Paragraph

FANGSONG, HEITI, KAITI, SONG, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
ER, SAN, SI, WU = Pt(22), Pt(16), Pt(14), Pt(10.5)
"""二号, 三号, 四号, 五号."""
LINE = Pt(28)
RED = RGBColor(0xC0, 0, 0)
HEADING = re.compile(r"[一二三四五六七八九十]+、")
SECOND = re.compile(r"（[一二三四五六七八九十]+）")
SHORT_HEADING = 30


def page(made: Document) -> None:
    """A4 with the margins of the standard, page numbers outside, the body's type as the document's."""
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    made.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    normal = made.styles["Normal"]
    normal.font.size = SAN
    _font(normal.element.get_or_add_rPr(), FANGSONG)


def _font(properties: Any, name: str) -> None:  # noqa: ANN401 - lxml
    fonts = properties.get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(kind), name)


def _run(paragraph: Paragraph, text: str, font: str = FANGSONG, size: Pt = SAN, *, red: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size = size
    _font(run._r.get_or_add_rPr(), font)  # noqa: SLF001 - python-docx has no word for Chinese types
    if red:
        run.font.color.rgb = RED


def _exact(paragraph: Paragraph, line: Pt = LINE) -> None:
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
    form.space_before = form.space_after = Pt(0)


def _page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one sign in from the outer edge."""
    paragraph.alignment = side
    if side == WD_ALIGN_PARAGRAPH.RIGHT:
        paragraph.paragraph_format.right_indent = SI
    else:
        paragraph.paragraph_format.left_indent = SI
    _run(paragraph, "— ", SONG, SI)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = SI
        _font(run._r.get_or_add_rPr(), SONG)  # noqa: SLF001
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = text
        run._r.append(mark)  # noqa: SLF001
    _run(paragraph, " —", SONG, SI)


def properties(made: Document, *, title: str, author: str, day: str) -> None:
    """What the file says of itself: the authority and the day, nobody's computer."""
    core, at = made.core_properties, datetime.fromisoformat(day).replace(tzinfo=UTC)
    core.title, core.author, core.last_modified_by = title, author, author
    core.created = core.modified = at
    core.comments = core.keywords = ""
    core.language = "zh-CN"


def red_head(made: Document, text: str) -> None:
    """The authority's name in red."""
    head = made.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_after = Pt(12)
    widest = 40
    _run(head, text, TITLE, Pt(min(widest, max(22, 440 // max(1, len(text))))), red=True)


def number_line(made: Document, number: str, day: str) -> None:
    """Number left, day right, and the red rule below."""
    line = made.add_paragraph()
    _exact(line)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    _run(line, f"{number}\t{day}")
    border = OxmlElement("w:pBdr")
    rule = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "C00000")):
        rule.set(qn(f"w:{name}"), value)
    border.append(rule)
    line._p.get_or_add_pPr().append(border)  # noqa: SLF001


def title(made: Document, text: str) -> None:
    """The title, two lines below the rule."""
    for _ in range(2):
        _exact(made.add_paragraph())
    found = made.add_paragraph()
    found.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _exact(found, Pt(32))
    _run(found, text, TITLE, ER)
    _exact(made.add_paragraph())


def paragraph(made: Document, text: str) -> None:
    """A paragraph two signs in; what begins with its Chinese number and is short is a heading."""
    found = made.add_paragraph()
    _exact(found)
    found.paragraph_format.first_line_indent = Pt(32)
    found.paragraph_format.widow_control = True
    font = FANGSONG
    if len(text) <= SHORT_HEADING:
        font = HEITI if HEADING.match(text) else KAITI if SECOND.match(text) else FANGSONG
    found.paragraph_format.keep_with_next = font != FANGSONG
    _run(found, text, font)


def signature(made: Document, authority: str, day: str) -> None:
    """Authority and day, right, four signs in."""
    _exact(made.add_paragraph())
    for text in (authority, day):
        line = made.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(64)
        line.paragraph_format.keep_with_next = text == authority
        _exact(line)
        _run(line, text)


def annex(  # noqa: PLR0917 - what an annex is made of
    made: Document, label: str, name: str, heads: Iterable[str], rows: Iterable[Iterable[str]], note: str
) -> None:
    """A table on a page of its own, its heads repeated on each page."""
    made.add_section(WD_SECTION.NEW_PAGE)
    first = made.add_paragraph()
    _exact(first)
    _run(first, label, HEITI)
    head = made.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.keep_with_next = True
    _exact(head, Pt(32))
    _run(head, name, TITLE, ER)
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    table = made.add_table(rows=len(lines), cols=len(lines[0]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for at, line in enumerate(lines):
        for cell, text in zip(table.rows[at].cells, line, strict=True):
            inside = cell.paragraphs[0]
            inside.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _exact(inside, Pt(20))
            _run(inside, text, FANGSONG if at else HEITI, Pt(12))
        _whole_row(table.rows[at], head=at == 0)
    if note:
        below = made.add_paragraph()
        _exact(below, Pt(18))
        below.paragraph_format.space_before = Pt(8)
        _run(below, note, FANGSONG, Pt(12))


def _whole_row(row: Any, *, head: bool) -> None:  # noqa: ANN401 - a row of python-docx
    """No row is torn by the end of a page, and the first one stands on each."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def check_line(made: Document, text: str) -> None:
    """The hash of what was frozen, small, at the end."""
    line = made.add_paragraph()
    line.paragraph_format.space_before = Pt(12)
    _run(line, text, SONG, WU)
