"""Bodies of the interface of registered agents."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from hall.http import Strict


class AgentIn(Strict):
    """Who draws for many, known by an ID number, a phone, or both."""

    name: Annotated[str, Field(max_length=60)]
    id_number: Annotated[str, Field(max_length=30)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    tickets_a_day: int = 20
    cases_a_ticket: int = 5


class AgentOut(BaseModel):
    """An agent in use; `shown` is masked."""

    id: int
    name: str
    shown: str
    tickets_a_day: int
    cases_a_ticket: int
    registered_at: str
    drawn_today: int


class AgentsOut(BaseModel):
    """Those of a hall, by name."""

    agents: list[AgentOut]


class AgentKeyOut(BaseModel):
    """The key of what was registered."""

    id: int
