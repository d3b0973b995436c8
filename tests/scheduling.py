"""Which worker runs which tests: modules that share something dear stay whole, and those that wait have company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

WHOLE = "tests/browser/"
WAITING = "tests/race/"
"""They start servers and kill them, and wait for what comes of it."""


class ByModule(LoadScopeScheduling):  # type: ignore[misc] # published without types
    """Largest modules of `WHOLE` first, then all other tests in their order; short ones (`tests/unit`) are last.

    The first worker begins with browsers, which want more than a core each; the others begin with what waits most.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(WHOLE) else nodeid

    def _assign_work_unit(self, node: WorkerController) -> None:
        first = WHOLE if self.nodes.index(node) == 0 else WAITING
        wanted = next((scope for scope in self.workqueue if scope.startswith(first)), None)
        if wanted is not None:
            self.workqueue.move_to_end(wanted, last=False)
        super()._assign_work_unit(node)
