"""How long a wait will be, as a range: learned from what the line itself did, None rather than a guess.

Pure Python without web or database, but for `models`, which keeps what was learned. `model` is the seam,
`learning.learn` makes the model that ships, `today` turns a line's tickets into what both need, `record` judges it on
recorded queues.
"""

from hall.forecast.learning import learn
from hall.forecast.model import Observation, Snapshot, Today, WaitModel, WaitRange
from hall.forecast.pace import Pace, PaceModel

__all__ = ["Observation", "Pace", "PaceModel", "Snapshot", "Today", "WaitModel", "WaitRange", "learn"]
