"""Which worker runs which tests: modules that share something dear stay whole, and go first."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

WHOLE = "tests/browser/"


class ByModule(LoadScopeScheduling):  # type: ignore[misc] # published without types
    """Largest modules of `WHOLE` first, then all other tests in their order; short ones (`tests/unit`) are last."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(WHOLE) else nodeid
