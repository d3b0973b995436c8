"""What a served hall wrote down as an error that nobody handled."""

from __future__ import annotations

import re

# Python itself, as it ends: it counts what to tidy up while something that is being tidied up removes itself
AT_THE_END = re.compile(
    r"Exception ignored in atexit callback: <bound method finalize\._exitfunc"
    r".*?RuntimeError: dictionary changed size during iteration",
    re.DOTALL,
)


def met_a_fault(log: str) -> bool:
    """Whether a process of the hall wrote a traceback of its own."""
    return "Traceback" in AT_THE_END.sub("", log)
