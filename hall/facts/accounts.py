"""What happens to accounts, devices and printers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts.fact import Fact
from hall.topics import floor, kiosk, printer


@dataclass(frozen=True, kw_only=True)
class AccountFact(Fact):
    """Something happened to an account; `account` is `staff:ID` or `device:ID`."""

    account: str
    what: str | None = None

    @property
    def subject(self) -> str:
        """The account."""
        return self.account


class SignedIn(AccountFact):
    """Right password."""


class SignInFailed(AccountFact):
    """Wrong password."""


class LockedOut(AccountFact):
    """Too many wrong passwords."""


class SignedOut(AccountFact):
    """Session ended by its owner."""


class PasswordChanged(AccountFact):
    """By the owner or reset by a manager."""


class StaffChanged(AccountFact):
    """Made, edited, retired, roles changed."""


class TokenMade(AccountFact):
    """A personal token was made."""


@dataclass(frozen=True, kw_only=True)
class KeyFact(Fact):
    """A key of personal data was followed by a fresh one (I10); `rows` were written anew with it."""

    key: int
    rows: int

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"key"}

    @property
    def subject(self) -> str:
        """The key, by its number."""
        return f"key:{self.key}"


class KeyRotated(KeyFact):
    """Personal data is sealed with a fresh key from now on (I10)."""


class SearchKeyRotated(KeyFact):
    """Numbers and telephones are found by a fresh key from now on (I10)."""


@dataclass(frozen=True, kw_only=True)
class DeviceFact(AccountFact):
    """Something happened to a device."""

    device_id: int

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"account", "device_id"}

    def topics(self) -> frozenset[str]:
        """The floor shows devices; a printer's agent and a kiosk watch their own topics."""
        return frozenset({floor(self.site or ""), printer(self.device_id), kiosk(self.device_id)})


class DeviceChanged(DeviceFact):
    """Made, enrolled, edited, revoked."""


@dataclass(frozen=True, kw_only=True)
class PrinterFact(DeviceFact):
    """Something happened at a printer; `job` is a slip's name, `kiosks` whose page shows it."""

    job: str | None = None
    kiosks: tuple[int, ...] = ()

    hidden: ClassVar[frozenset[str]] = DeviceFact.hidden | {"kiosks"}

    def topics(self) -> frozenset[str]:
        """The floor, the printer's agent, and the kiosks concerned."""
        return super().topics() | {kiosk(device_id) for device_id in self.kiosks}


class DeviceReported(PrinterFact):
    """Paper, cover or connection changed."""


class PrintQueued(PrinterFact):
    """A slip waits for its printer."""


class PrintDelayed(PrinterFact):
    """A slip has to wait; `what` says for what."""


class PrintEnded(PrinterFact):
    """A slip was printed, withdrawn or given up; `what` says which."""
