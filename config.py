"""Where the product's settings come from: the environment, read once, frozen, checked.

A hall sets very few things; everything else is a row in its database. Secrets are made at the first start
and live in the data folder, readable by its owner alone; none has a default that could be guessed.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hall.keyring import Keys, KeysDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent


class ConfigError(SystemExit):
    """A setting that makes no sense; its text is the one line shown at start."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the environment decides."""

    data: Path
    database_url: str
    keys: Keys
    port: int = 8000
    demo: bool = False
    public_url: str | None = None
    redis_url: str | None = None
    behind_proxy: bool = False
    sockets_per_address: int = 10_000
    draws_per_device: int = 0
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Config:
        """Read the settings; raises ConfigError with one clear line for the first that is nonsense.

        HALL_DATA (folder), DATABASE_URL (sqlite or postgresql), PORT, DEMO (1 or 0), PUBLIC_URL (address that
        phones can reach), REDIS_URL, BEHIND_PROXY (1 where nginx stands in front), SOCKETS_PER_ADDRESS
        (live connections that one address may hold: all phones of a hall's Wi-Fi are one), DRAWS_PER_DEVICE
        (numbers that one device may draw in a minute; 0: as many as it likes).
        """
        env = os.environ if env is None else env
        data = data_folder(env)
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            message = f"HALL_DATA: cannot make the folder {data} ({problem.strerror})."
            raise ConfigError(message) from None
        return cls(
            data=data,
            database_url=_database_url(env.get("DATABASE_URL"), data),
            keys=_keys(data),
            port=_port(env.get("PORT") or "8000"),
            demo=_switch("DEMO", env.get("DEMO", "0")),
            public_url=_public_url(env.get("PUBLIC_URL")),
            redis_url=_redis_url(env.get("REDIS_URL")),
            behind_proxy=_switch("BEHIND_PROXY", env.get("BEHIND_PROXY", "0")),
            sockets_per_address=_count("SOCKETS_PER_ADDRESS", env.get("SOCKETS_PER_ADDRESS") or "10000"),
            draws_per_device=_count("DRAWS_PER_DEVICE", env.get("DRAWS_PER_DEVICE") or "0", least=0),
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded file."""
        return self.database_url.startswith("sqlite")

    @property
    def name_in_redis(self) -> str:
        """What this hall is called in Redis, which several halls may share: the same in all its processes."""
        return f"hall-{hashlib.sha256(b'redis:' + self.keys.tokens).hexdigest()[:16]}"


def data_folder(env: Mapping[str, str]) -> Path:
    """HALL_DATA, whether it is there or not."""
    return Path(env.get("HALL_DATA") or ROOT / "data").expanduser().resolve()


def _keys(data: Path) -> Keys:
    try:
        return Keys.load(data)
    except KeysDamaged as problem:
        message = f"HALL_DATA: {data / 'keys.json'} is damaged ({problem}); restore it from a backup."
        raise ConfigError(message) from None
    except OSError as problem:
        message = (
            f"HALL_DATA: {data / 'keys.json'} cannot be read or made ({problem.strerror}); "
            "the folder and everything in it must belong to this account."
        )
        raise ConfigError(message) from None


def _database_url(given: str | None, data: Path) -> str:
    if not given:
        return f"sqlite:///{data / 'hall.sqlite3'}"
    scheme = given.split(":", 1)[0]
    if scheme == "postgres":
        given, scheme = "postgresql" + given.removeprefix("postgres"), "postgresql"
    if scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        message = f"DATABASE_URL: {scheme!r} is not supported; use sqlite:///FILE or postgresql://…"
        raise ConfigError(message)
    return given


def _redis_url(text: str | None) -> str | None:
    if text and not text.startswith(("redis://", "rediss://")):
        message = (
            "REDIS_URL: not an address such as redis://127.0.0.1:6379/0."  # not shown: it may hold a password
        )
        raise ConfigError(message)
    return text or None


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:  # noqa: PLR2004 - the range of TCP ports
        return int(text)
    message = f"PORT: {text!r} is not a port number (1 to 65535)."
    raise ConfigError(message)


def _count(name: str, text: str, least: int = 1) -> int:
    if text.isascii() and text.isdigit() and int(text[:9]) >= least:
        return int(text[:9])
    message = f"{name}: {text!r} is not a number from {least} on."
    raise ConfigError(message)


def _switch(name: str, text: str) -> bool:
    if text in {"1", "0", ""}:
        return text == "1"
    message = f"{name}: {text!r} is neither 1 nor 0."
    raise ConfigError(message)


def _public_url(text: str | None) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        message = f"PUBLIC_URL: {text!r} is not an address such as https://hall.example.cn."
        raise ConfigError(message)
    return text.rstrip("/")
