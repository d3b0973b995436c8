"""Bodies of the interface for kiosks that print alone, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from hall.clock import meant
from hall.http import Strict
from hall.queueing.schemas import Reason

Memory = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
PaperKey = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{16,64}$")]
MOST_PAPERS = 50
LARGEST_ID = 2**31 - 1
LONGEST_AGE_S = 90 * 24 * 3600


class KitIn(Strict):
    """`POST /devices/{device}/kit`. `settled`: nothing that was printed alone is left to hand in."""

    memory: Memory
    settled: bool


class PrintedPaperIn(Strict):
    """A paper that was printed alone. `age_s`: seconds since then by a clock that nobody can set, where known."""

    key: PaperKey
    range: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    position: Annotated[int, Field(ge=1, le=99)]
    printed_at: Annotated[AwareDatetime, AfterValidator(meant)]
    age_s: Annotated[float, Field(ge=0, le=LONGEST_AGE_S)] | None = None
    lane: Literal["ordinary", "priority"] = "ordinary"
    reason: Reason | None = None
    lang: Literal["zh", "en"] = "zh"
    paper: Literal["printed", "uncertain", "none"] = "none"

    @model_validator(mode="after")
    def priority_says_why(self) -> PrintedPaperIn:
        """A reason only for the priority lane."""
        if self.reason is not None and self.lane != "priority":
            message = "reason without priority"
            raise ValueError(message)
        return self


class PapersIn(Strict):
    """`POST /devices/{device}/printed-tickets`: in the order in which they were printed."""

    memory: Memory
    papers: Annotated[list[PrintedPaperIn], Field(min_length=1, max_length=MOST_PAPERS)]


class AsideIn(Strict):
    """A paper that was not taken: the server stumbled over it, or refused it."""

    key: PaperKey
    number: Annotated[str, Field(pattern=r"^[A-Z]{1,2}\d{3,5}$")]
    day: date
    why: Literal["stumbled", "refused"]


class AsidesIn(Strict):
    """`POST /devices/{device}/papers-aside`: what could not be handed in."""

    papers: Annotated[list[AsideIn], Field(min_length=1, max_length=MOST_PAPERS)]


class AsidesOut(BaseModel):
    """The keys of the papers that staff are told of; the agent tells of the others later."""

    kept: list[str]


class TakenOut(BaseModel):
    """What became of a paper; `code` says why it was refused."""

    key: str
    state: Literal["taken", "doubled", "refused"]
    number: str | None
    code: str | None


class PapersOut(BaseModel):
    """What became of the papers, in the same order."""

    papers: list[TakenOut]


class RangeOut(BaseModel):
    """Numbers that this kiosk alone may print: of one line, on one business date."""

    id: int
    line: str
    prefix: str
    day: str
    first: int
    last: int


class KitOut(BaseModel):
    """Everything that a kiosk needs to draw and print alone (docs/cut-off.md)."""

    now: str
    zone: str
    site: dict[str, str]
    lines: list[dict[str, Any]]
    ranges: list[RangeOut]
    slip: dict[str, Any]
    page: str
    assets: list[str]
