"""Bodies of help now, in and out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Need = Literal["sign", "dialect", "english"]


class HelpCallIn(Strict):
    """Who calls from where: `ticket` is a ticket's token, `number` today's number (the desk), `window` a code.

    A kiosk says nothing of these.
    """

    ticket: Annotated[str, Field(max_length=40)] = ""
    number: Annotated[str, Field(max_length=12)] = ""
    window: Annotated[str, Field(max_length=60)] = ""
    needs: list[Need] = Field(default_factory=list, max_length=3)
    lang: Literal["zh", "en"] = "zh"


class WhomIn(Strict):
    """Whom the manager sends, by badge; without one, whoever the rule chooses."""

    helper: Annotated[str, Field(max_length=12)] = ""


class HelperHereIn(Strict):
    """Whether one is here."""

    here: bool


class CalledHelperOut(BaseModel):
    """Who comes."""

    name: str
    badge: str


class HelpCallOut(BaseModel):
    """A call for help, for whoever called."""

    token: str
    topic: str
    site: str
    state: Literal["ringing", "escalated", "accepted", "with", "ended", "cancelled"]
    channel: Literal["kiosk", "phone", "desk", "window"]
    number: str | None
    needs: list[str]
    called_at: str
    answer_by: str
    accepted_at: str | None
    waited_s: int | None
    helper: CalledHelperOut | None
    as_of: str


class HelperHereOut(BaseModel):
    """Whether one counts as here."""

    here: bool
