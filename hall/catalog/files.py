"""The files of one import read together: items, and papers beside them or in the same workbook."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall.catalog.changes import Wanted
from hall.catalog.spreadsheet import read_items, read_materials

if TYPE_CHECKING:
    from hall.catalog.problems import Problem
    from hall.catalog.spreadsheet import ImportFile, MaterialFile

WORKBOOK = b"PK"


@dataclass(frozen=True, slots=True)
class Files:
    """What was read. `materials` is None where there are no papers."""

    items: ImportFile
    materials: MaterialFile | None

    @property
    def problems(self) -> list[tuple[bool, Problem]]:
        """Every problem listed, with whether it is in the papers' file."""
        papers = self.materials.problems if self.materials else ()
        return [*((False, one) for one in self.items.problems), *((True, one) for one in papers)]

    @property
    def problem_count(self) -> int:
        """All problems, also those that are not listed."""
        return self.items.problem_count + (self.materials.problem_count if self.materials else 0)

    @property
    def defaulted(self) -> dict[str, int]:
        """Field → how many rows were filled by its rule in `spreadsheet.DEFAULTS`, items and papers together."""
        papers = self.materials.defaulted if self.materials else {}
        return {**papers, **self.items.defaulted}

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that nobody knows."""
        return (*self.items.ignored, *(self.materials.ignored if self.materials else ()))

    @property
    def wanted(self) -> Wanted:
        """What is to be in the hall; nothing where there are problems."""
        return Wanted(self.items.rows, self.materials.rows if self.materials else ())


def read_files(items: bytes, materials: bytes | None = None) -> Files:
    """Read an import. Without a file of papers, a workbook may hold them on its sheet 材料. Never raises."""
    found = read_items(io.BytesIO(items))
    if materials is not None:
        return Files(found, read_materials(io.BytesIO(materials)))
    papers = read_materials(io.BytesIO(items)) if items.startswith(WORKBOOK) and found.rows else None
    if papers and any(problem.key == "missing_sheet" for problem in papers.problems):
        papers = None
    return Files(found, papers)
