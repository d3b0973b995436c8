"""What can happen to registered agents, as the journal keeps it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class AgentFact(Fact):
    """Something happened to a registered agent: by key, never by name."""

    agent: int

    @property
    def subject(self) -> str:
        """`agent:ID`."""
        return f"agent:{self.agent}"


@dataclass(frozen=True, kw_only=True)
class AgentRegistered(AgentFact):
    """An agent may draw `tickets` numbers a day and bring `cases` matters to each."""

    tickets: int
    cases: int


class AgentRetired(AgentFact):
    """An agent is an ordinary person again."""
