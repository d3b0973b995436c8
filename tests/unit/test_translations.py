"""Citizens and staff read Chinese first (E1): every sentence of the code has its text, compiled beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_E1_every_sentence_has_one_compiled_chinese_text() -> None:
    look = subprocess.run(
        [sys.executable, ".ci/messages.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert look.returncode == 0, (
        f"Run `make messages`, write the missing texts, run it again:\n{look.stdout}{look.stderr}"
    )
