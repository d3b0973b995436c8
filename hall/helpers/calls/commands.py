"""What is wished of help now: typed commands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallHelp:
    """Call for help: from this kiosk, for this ticket (its nonce, or today's number), from this window."""

    site_id: int | None = None
    ticket: bytes | None = None
    by_ticket: bool = False
    number: str = ""
    window: str = ""
    needs: tuple[str, ...] = ()
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class OnCall:
    """Something is done with a call. `helper` is the badge of whom a manager sends."""

    nonce: bytes | None
    helper: str = ""
