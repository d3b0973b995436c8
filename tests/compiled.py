"""What all applications of a worker would read or compile alike, kept from one to the next: nothing of any hall.

Every test has an application of its own, with an engine, translations and templates of its own. Compiling the same
statements, parsing the same catalogues and translating the same templates anew would be most of what a small test does.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache
from sqlalchemy.util import LRUCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from jinja2.bccache import Bucket

MOST = 4_000
"""Statements; more than the product has."""


class Compiled(BytecodeCache):
    """Jinja's bytecode, in memory. Jinja sees to it that a changed template is compiled anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, where there is something; it looks at the checksum of the source."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


class Statements(LRUCache[Any, Any]):
    """SQLAlchemy's compiled statements. It keeps them by the dialect's object, of which each engine has its own.

    All our engines of one database are set up alike (`hall.database`) and ask the same server, so that its name says
    as much.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """The statement, whichever engine compiled it."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


TEMPLATES, STATEMENTS = Compiled(), Statements(MOST)
TRANSLATIONS: dict[Any, Any] = {}
ADDRESSES: dict[str, tuple[list[Any], list[Any], dict[str, Any]]] = {}


@contextmanager
def parsed_once() -> Iterator[None]:
    """Applications that are made meanwhile take the parts of their six hundred addresses from the first one."""
    from hall.addresses import Address  # noqa: PLC0415 - with the product, which many tests never load

    parse = Address._parse_rule

    def known(self: Any, rule: str) -> list[Any]:
        if rule not in ADDRESSES:
            begun, parts = len(self._trace), list(parse(self, rule))
            trace = self._trace[begun:]
            ADDRESSES[rule] = (
                parts,
                trace,
                {name: self._converters[name] for is_name, name in trace if is_name},
            )
            return parts
        parts, trace, converters = ADDRESSES[rule]
        self._trace += trace
        self._converters |= converters
        self.arguments |= set(converters)
        return parts

    Address._parse_rule = known  # type: ignore[method-assign]
    try:
        yield
    finally:
        Address._parse_rule = parse  # type: ignore[method-assign]


def lend(app: Flask) -> None:
    """Let this application begin with what those before it have compiled."""
    from hall.database import Base, db  # noqa: PLC0415 - with the product, which many tests never load

    app.jinja_env.bytecode_cache = TEMPLATES
    app.extensions["hall_units"].engine._compiled_cache = STATEMENTS
    with app.app_context():
        db.engine._compiled_cache = STATEMENTS
        app.extensions["babel"].instance.domain_instance.cache = TRANSLATIONS
    for mapper in Base.registry.mappers:  # what the unit of work inserts and updates is kept here
        mapper._compiled_cache = STATEMENTS
