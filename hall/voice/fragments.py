"""The sounds that announcements and the kiosk's spoken steps are made of: name → language and text. Pure."""

from __future__ import annotations

import string
from dataclasses import dataclass

from hall.voice.announcement import AREA_WORDS, DIGITS, area_id, chinese_count

MANIFEST = "voice.json"  # names what was rendered, and for which texts
STOREYS = (-1, 1, 2, 3, 4, 5, 6)
COUNTS = (*range(1, 21), *range(30, 100, 10))
ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ENGLISH_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

PROMPTS = {  # the kiosk's steps, spoken where voice help is on
    "choose": ("请选择要办理的事项", "Please choose what you would like to do"),
    "papers": ("请核对材料，然后按取号", "Please check the papers, then take your number"),
    "taken": ("请取走小票，留意屏幕和广播", "Please take your slip and watch the screens"),
    "closed": ("这项业务现在不能取号", "No numbers are given out for this now"),
    "no-paper": ("不能打印，请记住您的号码", "We cannot print. Please remember your number"),
    "offline": ("暂时连不上系统，请到导办台", "There is no connection. Please go to reception"),
    "help": ("需要帮助，请到导办台", "For help, please go to reception"),
}
BOOKING_PROMPTS = {  # the steps of booking a helper there
    "book-kind": ("请选择帮办方式", "Please choose how we shall help you"),
    "book-time": ("请选择日期和时间", "Please choose day and time"),
    "book-phone": (
        "请输入电话号码，然后按确认预约",
        "Please touch your telephone number, then book this time",
    ),
    "book-faster": ("这个时间刚被约走，请另选时间", "Somebody was faster. Please choose another time"),
    "book-over": ("保留时间已过，请重新选择", "The time is over. Please choose again"),
    "booked": ("预约成功，请记住预约码", "Your booking is made. Please remember your code"),
    "booked-slip": ("预约成功，请取走小票", "Your booking is made. Please take your slip"),
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """One sound: in which language, which words."""

    language: str
    text: str


def fragments() -> dict[str, Fragment]:
    """Every sound of the default voice. Names are file names without their ending."""
    return {**_letters(), **_chinese(), **_english(), **_prompts()}


def _letters() -> dict[str, Fragment]:
    return {f"letter/{sign}": Fragment("en", sign.upper()) for sign in string.ascii_lowercase}


def _chinese() -> dict[str, Fragment]:
    said = {
        "zh/please": "请",
        "zh/number": "号",
        "zh/to": "到",
        "zh/window": "号窗口",
        "zh/shown": "屏幕所示窗口",
        **{f"zh/{digit}": DIGITS[digit] for digit in range(10)},
        **{f"zh/n{count}": chinese_count(count) for count in COUNTS},
        **{
            f"zh/floor{level}": f"{'负' if level < 0 else ''}{chinese_count(abs(level))}楼"
            for level in STOREYS
        },
        **{f"zh/{area_id(word)}": word for word in AREA_WORDS},
    }
    return {name: Fragment("zh", text) for name, text in said.items()}


def _english() -> dict[str, Fragment]:
    said = {
        "en/number": "Number",
        "en/go-to": "please go to",
        "en/window": "window",
        "en/area": "area",
        "en/shown": "the window on the screen",
        **{f"en/{digit}": ENGLISH_DIGITS[digit] for digit in range(10)},
        **{f"en/n{count}": english_count(count) for count in COUNTS},
        **{
            f"en/floor{level}": f"{'basement' if level < 0 else 'floor'} {english_count(abs(level))}"
            for level in STOREYS
        },
    }
    return {name: Fragment("en", text) for name, text in said.items()}


def _prompts() -> dict[str, Fragment]:
    return {
        f"{language}/say-{name}": Fragment(language, text)
        for name, texts in (PROMPTS | BOOKING_PROMPTS).items()
        for language, text in zip(("zh", "en"), texts, strict=True)
    }


def english_count(number: int) -> str:
    """A number under 100 in English words."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return ENGLISH_DIGITS[ones]
    if tens == 1:
        return ENGLISH_TEENS[ones]
    return ENGLISH_TENS[tens - 2] + (f" {ENGLISH_DIGITS[ones]}" if ones else "")
