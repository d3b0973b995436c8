"""Bodies of printing's interface, in and out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from hall.http import Strict
from hall.queueing.schemas import TicketOut, VisitOut

Problem = Literal["paper_out", "cover_open", "offline", "error"]


class PrintSlipIn(Strict):
    """`POST /tickets/{token}/print`: staff name the printer where there are several."""

    printer: int | None = None


class PrintedIn(Strict):
    """`POST /print-jobs/{job}/printed`."""

    uncertain: bool = False


class FailedIn(Strict):
    """`POST /print-jobs/{job}/failed`: the slip waits, and why."""

    problem: Problem


class StatusIn(Strict):
    """`POST /devices/{device}/status`."""

    paper: Literal["ok", "low", "out"]
    cover: Literal["closed", "open"]
    online: bool


class SlipOut(BaseModel):
    """A slip on its way to paper."""

    job: str
    state: Literal["queued", "printed", "uncertain", "withdrawn", "failed"]
    problem: str
    printer: int
    reprint: bool


class DrawnTicketOut(TicketOut):
    """A fresh ticket; `slip` is null where no printer prints it."""

    slip: SlipOut | None


class DrawnVisitOut(VisitOut):
    """Fresh tickets and their one slip."""

    slip: SlipOut | None


class PrinterOut(BaseModel):
    """A printer as its agent told last."""

    id: int
    name: str
    problem: str
    low: bool


class PrintersOut(BaseModel):
    """The printers of a site."""

    printers: list[PrinterOut]


class JobOut(BaseModel):
    """The name of a waiting slip."""

    id: str


class JobsOut(BaseModel):
    """The slips that wait for a printer, oldest first."""

    jobs: list[JobOut]
