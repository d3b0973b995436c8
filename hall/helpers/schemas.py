"""Bodies of the helpers' interface, in and out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from hall.clock import meant
from hall.http import Strict
from hall.queueing.schemas import Code, MatterIn

KindWord = Literal["assist", "agency", "home_visit"]
Need = Literal["sign", "dialect", "english"]
Badge = Annotated[str, Field(min_length=1, max_length=12)]
Instant = Annotated[AwareDatetime, Field(strict=False), AfterValidator(meant)]


class TimesIn(BaseModel):
    """`GET /sites/{site}/help/times?…`: what is looked for, from which date, for how many days."""

    kind: KindWord = "assist"
    item: Code | None = None
    bundle: Code | None = None
    line: Code | None = None
    needs: Annotated[str, Field(pattern=r"^(?:(?:sign|dialect|english),?){0,3}$")] = ""
    helper: Badge | None = None
    since: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None
    days: Annotated[int, Field(ge=1, le=31)] = 14


class BookingsIn(BaseModel):
    """`GET /sites/{site}/bookings?date=` or `?orphaned=1`."""

    date: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None
    orphaned: bool = False


class HoldTimeIn(MatterIn):
    """`POST /sites/{site}/bookings`: keep a time for ten minutes."""

    kind: KindWord = "assist"
    starts_at: Instant
    helper: Badge | None = None
    needs: list[Need] = Field(default_factory=list, max_length=3)
    lang: Literal["zh", "en"] = "zh"


class ConfirmIn(Strict):
    """Who books. Online a telephone is needed; a home visit has its address."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Annotated[str, Field(max_length=30)] = ""
    id_number: Annotated[str, Field(max_length=30)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    wish: Annotated[str, Field(max_length=300)] = ""
    companions: Annotated[int, Field(ge=0, le=9)] = 0


class ChangeIn(Strict):
    """Another time, or another helper; `revision` is what the caller saw."""

    starts_at: Instant
    revision: Annotated[int, Field(ge=1)]
    helper: Badge | None = None
    needs: Annotated[list[Need], Field(max_length=3)] | None = None


class CancelBookingIn(Strict):
    """`revision`, where the caller saw it: a booking changed since is not cancelled unseen."""

    revision: Annotated[int, Field(ge=1)] | None = None


class WhoIn(Strict):
    """Somebody by telephone or identity number."""

    phone: Annotated[str, Field(max_length=30)] = ""
    id_number: Annotated[str, Field(max_length=30)] = ""


class LiftIn(WhoIn):
    """Online booking is opened again, with a reason."""

    reason: Annotated[str, Field(min_length=2, max_length=200)]


class TimeOut(BaseModel):
    """A time that can be booked."""

    starts_at: str
    helpers: int


class DayOut(BaseModel):
    """One date."""

    date: str
    times: list[TimeOut]


class TimesOut(BaseModel):
    """Free times; `last_day` is the last date that can be booked now."""

    kind: str
    minutes: int
    last_day: str
    days: list[DayOut]


class HelperOut(BaseModel):
    """A helper as the public sees one."""

    badge: str
    kinds: list[str]
    skills: list[str]


class HelpersOut(BaseModel):
    """Who can be booked."""

    helpers: list[HelperOut]


class NamedOut(BaseModel):
    """A matter or a line by code and names."""

    code: str
    name: str
    name_en: str


class BookingMatterOut(NamedOut):
    """What it is about: `kind` is item, bundle or line."""

    kind: str


class BookedHelperOut(BaseModel):
    """Who helps, and why this one (H6)."""

    badge: str
    name: str
    because: str
    why: str


class MayOut(BaseModel):
    """What its caller may do with it now."""

    confirm: bool
    change: bool
    cancel: bool


class BookingOut(BaseModel):
    """A booking, as its holder and the desk see it; who booked is masked."""

    token: str
    code: str
    site: str
    state: str
    state_words: str
    kind: str
    matter: BookingMatterOut
    line: NamedOut
    starts_at: str
    ends_at: str
    helper: BookedHelperOut
    needs: list[str]
    name: str
    phone: str
    companions: int
    channel: str
    held_until: str | None
    arrived_at: str | None
    ticket: str | None
    orphaned: bool
    may: MayOut
    revision: int
    qr: str


class BookingsOut(BaseModel):
    """Bookings of a date, in the order of their times."""

    bookings: list[BookingOut]


class LockoutOut(BaseModel):
    """Until when somebody cannot book online; null where they can."""

    locked_until: str | None
