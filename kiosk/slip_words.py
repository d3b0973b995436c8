"""What a slip says: its tickets, its words in two languages, and the phrases made of both (pure).

The wording follows the county's; a site may replace any text.  Times are the site's local time (E3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kiosk.typesetting import clean

if TYPE_CHECKING:
    from datetime import datetime

Lang = Literal["zh", "en"]
MOST_TICKETS = 5
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class SlipTexts:
    """Every word of the slip; a site replaces what it likes (`dataclasses.replace`).

    `{n} {low} {high} {minutes} {phone}` are filled in where they stand; other braces stay as they are.
    """

    ahead: str = "前面等候 {n} 人"
    ahead_one: str = "前面等候 {n} 人"
    nobody: str = "前面没有人等候"
    wait: str = "约 {low}—{high} 分钟（仅供参考）"
    wait_one: str = "约 {high} 分钟（仅供参考）"
    wait_within: str = "约 {high} 分钟以内（仅供参考）"
    comma: str = "，"
    several: str = "共 {n} 个号。办理其中一个时，其余的号保留次序。"
    group: str = "一行 {n} 人"
    priority: str = "绿色通道"
    reprint: str = "补打"
    test: str = "测试票 不能办事"
    watch: str = "请留意屏幕和广播。过号 {minutes} 分钟内可到导办台恢复一次。"
    free: str = "取号、帮办不收费。"
    phone: str = "监督电话：{phone}"
    scan: str = "手机扫码，随时看前面还有几人"
    no_phone_needed: str = "没有手机也照常叫号"
    cut_off: str = "大厅网络暂时中断，本号有效。"
    cut_off_place: str = "按本单打印时间排队，请留意窗口人员叫号。"
    void: str = "作废 请取下一张"


CHINESE = SlipTexts()
ENGLISH = SlipTexts(
    ahead="{n} people ahead of you",
    ahead_one="{n} person ahead of you",
    nobody="Nobody is ahead of you",
    wait="about {low}–{high} min (estimate)",
    wait_one="about {high} min (estimate)",
    wait_within="at most about {high} min (estimate)",
    comma=", ",
    several="{n} numbers. While one is served, the others keep their place.",
    group="Group of {n}",
    priority="Priority lane",
    reprint="Reprint",
    test="TEST, not valid",
    watch="Please watch the screens and listen for your number. If you miss your call, "
    "the reception desk can put you back once within {minutes} minutes.",
    free="Tickets and help are free of charge.",
    phone="Complaints: {phone}",
    scan="Scan to see how many are still ahead",
    no_phone_needed="You will be called without a phone too",
    cut_off="The hall's network is down. This number counts.",
    cut_off_place="Your place is by the time printed here. Staff may call you by voice.",
    void="VOID take the next slip",
)
TEXTS: dict[Lang, SlipTexts] = {"zh": CHINESE, "en": ENGLISH}
LANGS: tuple[Lang, Lang] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class SlipTicket:
    """One ticket on a slip.

    `wait` in minutes (low, high), None when unknown; `where` (area and windows) in the slip's language.
    """

    number: str
    line_name: str
    line_name_en: str
    ahead: int
    wait: tuple[int, int] | None
    where: str
    lane_priority: bool = False
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Slip:
    """A whole slip.

    `site_name` and `supervision_phone` as the public reads them; `qr_url` is None where phones cannot reach
    the hall (E2); `cut_off`: printed without a server, nobody knows who is ahead (Q9); `texts` None means the
    product's own in `lang`.

    Raises ValueError without a ticket or with more than five (Q13).
    """

    site_name: str
    tickets: tuple[SlipTicket, ...]
    printed_at_local: datetime
    lang: Lang = "zh"
    rejoin_minutes: int = 30
    supervision_phone: str = ""
    qr_url: str | None = None
    reprint: bool = False
    test: bool = False
    cut_off: bool = False
    texts: SlipTexts | None = None

    def __post_init__(self) -> None:
        """Refuse what no kiosk can have issued."""
        if not 1 <= len(self.tickets) <= MOST_TICKETS:
            message = f"A slip carries 1 to {MOST_TICKETS} tickets (Q13), not {len(self.tickets)}."
            raise ValueError(message)

    @property
    def words(self) -> SlipTexts:
        """The site's texts, else those of the slip's language."""
        return self.texts or TEXTS[self.lang]


def fill(template: str, **values: object) -> str:
    """Fill the named blanks and nothing else: a site's text with a stray brace must still print."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", str(value))
    return template


def names_of(slip: Slip, ticket: SlipTicket) -> list[str]:
    """Chinese alone on Chinese slips; on English ones the Chinese name follows, so that staff can help."""
    wanted = [ticket.line_name_en, ticket.line_name] if slip.lang == "en" else [ticket.line_name]
    return [name for name in map(clean, wanted) if name]


def tags_of(slip: Slip, ticket: SlipTicket, *, with_reprint: bool) -> list[str]:
    """What sets this ticket apart: lane, group, reprint."""
    words = slip.words
    tags = [words.priority] if ticket.lane_priority else []
    if ticket.heads > 1:
        tags.append(fill(words.group, n=ticket.heads))
    if with_reprint and slip.reprint:
        tags.append(words.reprint)
    return tags


def ahead_template(words: SlipTexts, ticket: SlipTicket) -> str:
    """The sentence about those ahead, its blank not yet filled."""
    if ticket.ahead == 0:
        return words.nobody
    return words.ahead_one if ticket.ahead == 1 else words.ahead


def ahead_phrase(words: SlipTexts, ticket: SlipTicket) -> str:
    """How many are ahead, in words."""
    return fill(ahead_template(words, ticket), n=ticket.ahead)


def wait_phrase(words: SlipTexts, ticket: SlipTicket) -> str:
    """The wait as a range in minutes; nothing when there is no basis for one."""
    if ticket.wait is None:
        return ""
    low, high = ticket.wait
    template = words.wait_one if low == high else words.wait if low > 0 else words.wait_within
    return fill(template, low=low, high=high)


def printed_at(slip: Slip) -> str:
    """Date and minute of the print in the site's time."""
    return minute_of(slip.printed_at_local, slip.lang)


def minute_of(at: datetime, lang: Lang) -> str:
    """A local date and minute as slips write them."""
    if lang == "en":
        return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def sentences(text: str) -> list[str]:
    """Sentences, each to start on a line of its own."""
    return [sentence for sentence in re.split(r"(?<=[。！？])|(?<=[.!?]) ", text) if sentence.strip()]


def watch_phrase(slip: Slip) -> str:
    """What to do now, and what if the call is missed (Q6)."""
    return fill(slip.words.watch, minutes=slip.rejoin_minutes)


def free_phrase(slip: Slip) -> str:
    """That nothing is charged, and whom to call otherwise."""
    phone = clean(slip.supervision_phone)
    if not phone:
        return slip.words.free
    between = " " if slip.lang == "en" else ""
    return slip.words.free + between + fill(slip.words.phone, phone=phone)
