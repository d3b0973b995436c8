"""`python -m tests.bench.scaled [NAME …]`: as `tests.bench`, for the benchmarks of this folder."""

from __future__ import annotations

import sys

from tests.bench import scaled
from tests.bench.__main__ import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], scaled))
