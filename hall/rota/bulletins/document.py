"""A frozen bulletin as a Word document in the layout of official documents (GB/T 9704-2012): page, type, red head (M8).

Lengths: A4; margins 37, 35, 28, 26 mm (above, below, left, right); body in 16 pt (三号) 仿宋 on lines of 28 pt;
title in 22 pt (二号) 小标宋; page numbers in 14 pt (四号) 宋体 between dashes, odd pages right, even pages left.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from hall.rota.bulletins import drafting, tables

if TYPE_CHECKING:
    from hall.rota.bulletins.queries import Frozen

HEAD = "督导通报"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document(frozen: Frozen) -> bytes:
    """The document; the same bulletin gives the same text at any time."""
    from docx import Document  # noqa: PLC0415 - megabytes that a server at rest does without

    from hall.rota.bulletins import layout  # noqa: PLC0415 - the same

    sheet, made = frozen.sheet, Document()
    figures = sheet["figures"]
    layout.page(made)
    layout.properties(made, title=sheet["title"], author=figures["hall"]["name"], day=sheet["signed_on"])
    layout.red_head(made, f"{figures['hall']['name']}{HEAD}")
    layout.number_line(
        made, drafting.called(sheet["year"], sheet["number"]), drafting.chinese_day(sheet["signed_on"])
    )
    layout.title(made, sheet["title"])
    annexes = tables.all_of(figures)
    for line in sheet["text"].split("\n"):
        layout.paragraph(made, line)
    layout.annex_list(made, [table.title for table in annexes])
    layout.signature(made, figures["hall"]["name"], drafting.chinese_day(sheet["signed_on"]))
    for number, table in enumerate(annexes, start=1):
        label = "附件" if len(annexes) == 1 else f"附件{number}"
        layout.annex(made, label, table)
    layout.check_line(made, f"数据校验码（SHA-256）：{frozen.digest}")
    layout.imprint(made, figures["hall"]["name"], f"{drafting.chinese_day(sheet['signed_on'])}印发")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
