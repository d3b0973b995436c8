"""Structured logs: one JSON line an event, with the place of a fault but never the values at hand (E2)."""

from __future__ import annotations

import logging
from contextlib import suppress

import structlog


class Patient(structlog.PrintLogger):
    """Writes to the standard output; a full disk there costs the line, never the press that it tells of."""

    def msg(self, message: str) -> None:
        """One line, if it can be written."""
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def configure() -> None:
    """JSON lines; tracebacks name files and lines, without local variables: those may be personal."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=12)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: Patient(),
        cache_logger_on_first_use=True,
    )
