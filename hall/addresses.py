"""Addresses: which numbers they may hold, and a start that does not wait for their making."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import IntegerConverter, Rule, ValidationError

LARGEST = 2**63 - 1
Builder = Callable[..., tuple[str, str]]


class Whole(IntegerConverter):
    """A number in an address. Databases hold 64 bits; what is larger is no address of ours (404)."""

    def to_python(self, value: str) -> int:
        """The number. Raises ValidationError for one that no row can have."""
        number: int = super().to_python(value)
        if number > LARGEST:
            raise ValidationError
        return number


class Address(Rule):
    """A route whose address is built by code made when it is first built, not for every route at every start.

    Werkzeug compiles two small programs for each route: most of an application's start, and most are never run.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002 - Werkzeug's signature
        make = super()._compile_builder
        made: list[Builder] = []

        def build(*rule: Rule, **values: object) -> tuple[str, str]:
            if not made:
                made.append(make(append_unknown))
            return made[0](*rule, **values)

        return build
