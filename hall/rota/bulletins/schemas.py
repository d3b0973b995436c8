"""Bodies of the interface of bulletins, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hall.http import Strict


class DraftIn(Strict):
    """The first and the last day that the bulletin tells of."""

    first: date
    last: date


class EditIn(Strict):
    """Title and text; a paragraph a line. `revision` is that of the draft as it was read."""

    model_config = ConfigDict(str_max_length=20_000)

    title: Annotated[str, Field(max_length=500)]
    text: Annotated[str, Field(max_length=20_000)]
    revision: int


class RevisedIn(Strict):
    """The revision of the draft as it was read."""

    revision: int


class BulletinOut(BaseModel):
    """A bulletin after a step; number and digest from the signature on."""

    bulletin: int
    state: str
    revision: int
    year: int | None
    number: int | None
    digest: str | None


class ListedOut(BaseModel):
    """A frozen bulletin on the list."""

    rota: str
    rota_name: str
    rota_name_en: str
    year: int
    number: int
    title: str
    first: date
    last: date
    signed_on: date
    correction: bool
    corrected: bool


class ListOut(BaseModel):
    """Frozen bulletins of the hall, the newest first."""

    bulletins: list[ListedOut]


class FrozenOut(BaseModel):
    """All that it says, the very text that was hashed, its SHA-256, and the corrections that came later."""

    sheet: dict[str, Any]
    written: str
    digest: str
    corrected_by: list[list[int]]


class DraftOut(BaseModel):
    """A draft with its figures as they were taken from the records."""

    bulletin: int
    title: str
    text: str
    first: date
    last: date
    figures: dict[str, Any]
    drafted_by: str
    edited_by: str
    revision: int
