"""The administrator's page about accounts tells the roles as they are."""

from __future__ import annotations

import re
from pathlib import Path

from hall.accounts.roles import ROLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accounts.md"


def test_the_table_of_roles_says_what_each_role_may_do() -> None:
    rows = re.findall(r"^\| (\w+) \| ((?:`[a-z:]+` ?)+)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {role: set(re.findall(r"`([a-z:]+)`", cells)) for role, cells in rows}
    real = {role.value: {str(can) for can in cans} for role, cans in ROLES.items()}
    assert told == real, "Bring the table of roles in docs/accounts.md up to date."
