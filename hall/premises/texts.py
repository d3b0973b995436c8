"""Texts that citizens read and a hall may put in its own words. Who shows them says which there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app

LANGUAGES = ("zh", "en")
BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class PublicText:
    """One text: `name` is `surface.key`, `label` says where it is read; `said` by language; blanks it may hold."""

    name: str
    label: str
    said: Mapping[str, str]

    @property
    def blanks(self) -> frozenset[str]:
        """What is filled in where the product's own text has it."""
        return frozenset(BLANK.findall(" ".join(self.said.values())))

    def strange(self, text: str) -> set[str]:
        """Blanks of a text that nothing would fill."""
        return set(BLANK.findall(text)) - self.blanks


def public_texts() -> tuple[PublicText, ...]:
    """All of them, in the reader's language."""
    offered: Callable[[], tuple[PublicText, ...]] = current_app.extensions["hall_public_texts"]
    return offered()
