"""gunicorn's settings of the product, for the product with a clock that can be put forward (dated.py)."""

from __future__ import annotations

import runpy

from config import ROOT

globals().update(runpy.run_path(str(ROOT / "gunicorn.conf.py")))
wsgi_app = "tests.bench.scaled.dated:create_app()"
