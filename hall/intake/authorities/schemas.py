"""Bodies of the interface of authorities, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from hall.http import Strict


class GrantIn(Strict):
    """One document: `staff` is an account name, `items` are codes, `dated` the document's day."""

    staff: Annotated[str, Field(min_length=1, max_length=60)]
    items: Annotated[tuple[Annotated[str, Field(max_length=120)], ...], Field(min_length=1, max_length=200)]
    document: Annotated[str, Field(max_length=120)]
    dated: date
    reason: Annotated[str, Field(max_length=300)] = ""


class RevokeIn(Strict):
    """Why it ends."""

    reason: Annotated[str, Field(max_length=300)]


class AuthoritiesIn(Strict):
    """What a list is narrowed to: `q` is of a person, an item or a document. Pages count from 1."""

    q: Annotated[str, Field(max_length=60)] = ""
    revoked: bool = False
    page: Annotated[int, Field(ge=1, le=999_999)] = 1


class AuthorityOut(BaseModel):
    """One authority; `revoked_at` null while it is in force."""

    id: int
    staff: str
    item: str
    item_name: str
    mode: str
    document: str
    dated: str | None
    reason: str
    granted_at: str
    revoked_at: str | None
    revoked_reason: str


class AuthoritiesOut(BaseModel):
    """One page of them, by person and item."""

    authorities: list[AuthorityOut]
    count: int
    page: int
    pages: int


class GrantedOut(BaseModel):
    """The keys of what was granted."""

    granted: list[int]
