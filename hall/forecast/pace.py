"""What was learned, as data: a `Pace` for all lines together, one for each line, and the model that reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log

from hall.forecast.factors import LIVE, OWN, POOLED, spread_cell
from hall.forecast.model import Snapshot, WaitRange

# With fewer finished waits than this behind the pooled pace there is no basis for a figure
LEAST_OBSERVATIONS = 30
FORM = 1

Table = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Pace:
    """Factors as logarithms, by table and cell, with the number of waits and days behind them.

    The pooled pace holds `base` (log minutes per call), the pooled and live tables and `spread`; a line's own pace
    holds its tables alone. `form` is raised when the tables change their meaning: an older one is no basis.
    """

    observations: int = 0
    days: int = 0
    tables: Mapping[str, Table] = field(default_factory=dict)
    form: int = FORM

    def to_json(self) -> str:
        """A few kilobytes at most, fit for a text column."""
        tables = {
            name: {str(cell): round(value, 4) for cell, value in table.items()}
            for name, table in self.tables.items()
        }
        content = {"form": self.form, "observations": self.observations, "days": self.days, "tables": tables}
        return json.dumps(content, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Pace:
        """The pace that `to_json` wrote; an empty one, which is no basis, for a form no longer understood."""
        content = json.loads(text)
        if content.get("form") != FORM:
            return cls()
        tables = {
            name: {int(cell): float(value) for cell, value in table.items()}
            for name, table in content["tables"].items()
        }
        return cls(int(content["observations"]), int(content["days"]), tables)


@dataclass(frozen=True, slots=True)
class PaceModel:
    """The learned figure (`WaitModel`): base × pooled factors × the line's own × today's.

    A line without a pace of its own is forecast from the pooled one.
    """

    pooled: Pace = field(default_factory=Pace)
    lines: Mapping[str, Pace] = field(default_factory=dict)

    def predict(self, snapshot: Snapshot) -> WaitRange | None:
        """The range for this moment; None without basis: too few waits known, or no window open where none was."""
        tables = self.pooled.tables
        if self.pooled.observations < LEAST_OBSERVATIONS or snapshot.ahead < 0:
            return None
        if snapshot.windows_open <= 0 and 0 not in tables["windows"]:
            return None
        per_call = tables["base"][0]
        for fixed in POOLED:
            cell = fixed.cell(snapshot)
            if fixed.name == "windows":
                cell = _fewer(tables["windows"], cell)
            per_call += tables[fixed.name].get(cell, 0.0)
        own = self.lines.get(snapshot.line)
        if own is not None:
            for fixed in OWN:
                per_call += own.tables.get(fixed.name, {}).get(fixed.cell(snapshot), 0.0)
        for live in LIVE:
            per_call += tables[live.name].get(live.cell(snapshot, per_call), 0.0)
        p50 = exp(per_call + log(snapshot.ahead + 1))
        spread = tables["spread"].get(spread_cell(snapshot.ahead, p50), tables["spread"][-1])
        return WaitRange(p50, p50 * exp(spread))


def _fewer(windows: Table, cell: int) -> int:
    """More windows than ever seen are at least as fast as the most that were."""
    return max((known for known in windows if known <= cell), default=cell)
