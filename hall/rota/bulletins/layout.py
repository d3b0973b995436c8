"""How an official document lies on its page: lengths and types of GB/T 9704-2012, written with python-docx (M8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

    from hall.rota.bulletins.tables import Table

FANGSONG, HEITI, KAITI, SONG, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
ER, SAN, SI, WU = Pt(22), Pt(16), Pt(14), Pt(10.5)
"""二号, 三号, 四号, 五号."""
LINE = Pt(28)
RED = RGBColor(0xC0, 0, 0)
HEADING = re.compile(r"[一二三四五六七八九十]+、")
SECOND = re.compile(r"（[一二三四五六七八九十]+）")
SHORT_HEADING = 30
TITLE_SIGNS, SHORT_CELL = 20, 14
"""So many signs of the title fill a line; a longer cell is set from the left."""


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
    _ruled(line, "C00000", ("bottom",), "6")


def title(made: Document, text: str) -> None:
    """The title, two lines below the rule; one that is too long for a line is broken where its sense is."""
    for _ in range(2):
        _exact(made.add_paragraph())
    found = made.add_paragraph()
    found.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _exact(found, Pt(32))
    first, rest = broken(text)
    _run(found, first, TITLE, ER)
    if rest:
        found.runs[-1].add_break()
        _run(found, rest, TITLE, ER)
    _exact(made.add_paragraph())


def broken(text: str) -> tuple[str, str]:
    """A title in one line or two: of what is too long, the break stands before the name in quotation marks."""
    at = text.find("“")
    if wide(text) <= TITLE_SIGNS or not 0 < wide(text[:at]) <= TITLE_SIGNS or wide(text[at:]) > TITLE_SIGNS:
        return text, ""
    return text[:at], text[at:]


def wide(text: str) -> float:
    """How many Chinese signs wide a text is: digits and Latin letters are half of one."""
    return sum(0.5 if sign.isascii() else 1 for sign in text)


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


def annex_list(made: Document, names: list[str]) -> None:
    """What is annexed, one line below the text, with the numbers below each other."""
    if not names:
        return
    _exact(made.add_paragraph())
    for number, name in enumerate(names, start=1):
        line = made.add_paragraph()
        _exact(line)
        line.paragraph_format.first_line_indent = Pt(32) if number == 1 else Pt(80)
        label = "附件：" if number == 1 else ""
        _run(line, f"{label}{name}" if len(names) == 1 else f"{label}{number}. {name}")
        line.paragraph_format.keep_with_next = True


def signature(made: Document, authority: str, day: str) -> None:
    """Authority and day centred on each other, the longer four signs in from the right; never alone on a page."""
    for last in made.paragraphs[-1:]:
        last.paragraph_format.keep_with_next = True
    for _ in range(2):
        empty = made.add_paragraph()
        _exact(empty)
        empty.paragraph_format.keep_with_next = True
    apart = Pt(8) * (wide(day) - wide(authority))
    for text, more in ((authority, max(0, apart)), (day, max(0, -apart))):
        line = made.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = int(Pt(64) + more)
        line.paragraph_format.keep_with_next = text == authority
        _exact(line)
        _run(line, text)


def annex(made: Document, label: str, annexed: Table) -> None:
    """A table on a page of its own: its columns as wide as they need, its heads repeated on each page."""
    made.add_section(WD_SECTION.NEW_PAGE)
    first = made.add_paragraph()
    _exact(first)
    _run(first, label, HEITI)
    _exact(made.add_paragraph())
    head = made.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.keep_with_next = True
    head.paragraph_format.space_after = Pt(10)
    _run(head, annexed.title, TITLE, ER)
    _filled(made, (annexed.heads, *annexed.rows), annexed.widths)
    if annexed.note:
        below = made.add_paragraph()
        _exact(below, Pt(18))
        below.paragraph_format.space_before = Pt(8)
        _run(below, annexed.note, FANGSONG, Pt(12))


def _filled(made: Document, lines: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> None:
    table = made.add_table(rows=len(lines), cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for at, (row, line) in enumerate(zip(table.rows, lines, strict=True)):
        for cell, width, text in zip(row.cells, widths, line, strict=True):
            cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            inside = cell.paragraphs[0]
            _exact(inside, Pt(20))
            inside.alignment = (
                WD_ALIGN_PARAGRAPH.CENTER if wide(text) <= SHORT_CELL else WD_ALIGN_PARAGRAPH.LEFT
            )
            _run(inside, text, FANGSONG if at else HEITI, Pt(12))
        _whole_row(row, head=at == 0)


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


def imprint(made: Document, authority: str, day: str) -> None:
    """Who issued it and when, between two rules, at the end."""
    line = made.add_paragraph()
    _exact(line)
    line.paragraph_format.space_before = Pt(12)
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = SI
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156) - SI, WD_TAB_ALIGNMENT.RIGHT)
    _run(line, f"{authority}\t{day}", FANGSONG, SI)
    _ruled(line, "000000", ("top", "bottom"))


def _ruled(line: Paragraph, colour: str, sides: tuple[str, ...], space: str = "2") -> None:
    border = OxmlElement("w:pBdr")
    for side in sides:
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "12"), ("space", space), ("color", colour)):
            rule.set(qn(f"w:{name}"), value)
        border.append(rule)
    line._p.get_or_add_pPr().append(border)  # noqa: SLF001
