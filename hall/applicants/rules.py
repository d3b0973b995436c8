"""The numbers of persons and organisations: how they are written, checked and masked (I10). Pure.

Resident numbers follow GB 11643 (checksum ISO 7064 MOD 11-2), organisation codes GB 32100 (modulus 31). The region in a
number is only a hint: districts are renamed and merged. A refusal never reveals the digit that would be right.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Party(StrEnum):
    """Who applies: a person or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class NumberKind(StrEnum):
    """What kind of number somebody is known by."""

    FOREIGN_RESIDENCE = "foreign_residence"  # 外国人永久居留身份证
    HK_MACAO_PERMIT = "hk_macao_permit"  # 港澳居民来往内地通行证
    HOUSEHOLD_REGISTER = "household_register"  # 户口簿, for children
    ID_CARD = "id_card"  # 居民身份证; residence permits of Hong Kong, Macao and Taiwan have the same shape
    NONE_YET = "none_yet"  # an organisation that is only being founded
    PASSPORT = "passport"
    SOCIAL_CREDIT = "social_credit"  # 统一社会信用代码
    TAIWAN_PERMIT = "taiwan_permit"  # 台湾居民来往大陆通行证


OF_PARTY: Mapping[Party, tuple[NumberKind, ...]] = {
    Party.PERSON: (
        NumberKind.ID_CARD,
        NumberKind.HOUSEHOLD_REGISTER,
        NumberKind.HK_MACAO_PERMIT,
        NumberKind.TAIWAN_PERMIT,
        NumberKind.FOREIGN_RESIDENCE,
        NumberKind.PASSPORT,
    ),
    Party.ORGANISATION: (NumberKind.SOCIAL_CREDIT, NumberKind.NONE_YET),
}


class Fault(StrEnum):
    """Why a number cannot be right."""

    CHECKSUM = "checksum"
    DATE = "date"
    KIND = "kind"
    LENGTH = "length"
    SIGNS = "signs"


@dataclass(frozen=True, slots=True)
class Number:
    """A checked number: normalised text (empty for `none_yet`)."""

    kind: NumberKind
    text: str


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ID_LENGTH = 18
OLDEST_BIRTH = date(1880, 1, 1)

_ID_CARD = re.compile(r"[1-9]\d{16}[\dX]")
_SHAPES: Mapping[NumberKind, tuple[re.Pattern[str], frozenset[int]]] = {
    NumberKind.PASSPORT: (re.compile(r"[A-Z0-9]+"), frozenset(range(5, 18))),
    NumberKind.HK_MACAO_PERMIT: (re.compile(r"[HM]\d+"), frozenset({9, 11})),
    NumberKind.TAIWAN_PERMIT: (re.compile(r"\d+"), frozenset({8, 10})),
}
_REGISTER = re.compile(r"[A-Z0-9]{6,20}")
_OLD_FOREIGN = re.compile(r"[A-Z]{3}\d{12}")
OLD_FOREIGN_LENGTH = 15

PROVINCES: Mapping[str, str] = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁", "22": "吉林", "23": "黑龙江",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东", "41": "河南",
    "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
    "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆",
    "71": "台湾", "81": "香港", "82": "澳门", "83": "台湾",
}  # fmt: skip


PROVINCES_EN: Mapping[str, str] = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan",
    "44": "Guangdong", "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou",
    "53": "Yunnan", "54": "Tibet", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia", "65": "Xinjiang",
    "71": "Taiwan", "81": "Hong Kong", "82": "Macao", "83": "Taiwan",
}  # fmt: skip


def normalised(text: str) -> str:
    """As compared and stored: half-width, upper case, without blanks and dashes."""
    return re.sub(r"[\s\-‐–—·.]", "", unicodedata.normalize("NFKC", text)).upper()


def check(party: Party, kind: NumberKind, text: str, today: date) -> Number | Fault:
    """The number as it is to be stored, or why it cannot be right."""
    if kind not in OF_PARTY[party]:
        return Fault.KIND
    plain = normalised(text)
    if kind is NumberKind.NONE_YET:
        return Number(kind, "") if not plain else Fault.SIGNS
    fault = _fault(kind, plain, today)
    return fault or Number(kind, plain)


def _fault(kind: NumberKind, plain: str, today: date) -> Fault | None:
    if kind is NumberKind.SOCIAL_CREDIT:
        return credit_fault(plain)
    if kind is NumberKind.ID_CARD:
        return id_fault(plain, today)
    if kind is NumberKind.HOUSEHOLD_REGISTER:  # a child's own number where it has one, else the register's
        if len(plain) == ID_LENGTH:
            return id_fault(plain, today)
        return None if _REGISTER.fullmatch(plain) else Fault.SIGNS
    if kind is NumberKind.FOREIGN_RESIDENCE:
        return _foreign_fault(plain, today)
    signs, lengths = _SHAPES[kind]
    if not signs.fullmatch(plain):
        return Fault.SIGNS
    return None if len(plain) in lengths else Fault.LENGTH


def _foreign_fault(plain: str, today: date) -> Fault | None:
    if len(plain) == OLD_FOREIGN_LENGTH:
        return None if _OLD_FOREIGN.fullmatch(plain) else Fault.SIGNS
    if len(plain) == ID_LENGTH and not plain.startswith("9"):
        return Fault.SIGNS
    return id_fault(plain, today)


def id_fault(plain: str, today: date) -> Fault | None:
    """What is wrong with an 18-digit resident number (GB 11643); None where nothing is."""
    if len(plain) != ID_LENGTH:
        return Fault.LENGTH
    if not (plain.isascii() and _ID_CARD.fullmatch(plain)):
        return Fault.SIGNS
    born = birth_date(plain)
    if born is None or not OLDEST_BIRTH <= born <= today:
        return Fault.DATE
    total = sum(int(digit) * weight for digit, weight in zip(plain, WEIGHTS, strict=False))
    return None if CHECKS[total % 11] == plain[-1] else Fault.CHECKSUM


def birth_date(plain: str) -> date | None:
    """The date of birth in an 18-digit resident number; None for a day that does not exist."""
    try:
        return date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return None


def credit_fault(plain: str) -> Fault | None:
    """What is wrong with an 18-character unified social credit code (GB 32100); None where nothing is."""
    if len(plain) != ID_LENGTH:
        return Fault.LENGTH
    if any(sign not in CREDIT_SIGNS for sign in plain):
        return Fault.SIGNS
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(plain[:17]))
    return None if CREDIT_SIGNS[-total % 31] == plain[-1] else Fault.CHECKSUM


def region_hint(number: Number, *, english: bool = False) -> str | None:
    """The province that a resident number was first given in: a hint, never a reason to refuse."""
    if len(number.text) != ID_LENGTH or number.kind not in {
        NumberKind.ID_CARD,
        NumberKind.HOUSEHOLD_REGISTER,
    }:
        return None
    return (PROVINCES_EN if english else PROVINCES).get(number.text[:2])


LONG_ENOUGH = 14


def masked(text: str) -> str:
    """As shown on screens and paper: the first six and the last four; short numbers the first and the last two."""
    if len(text) >= LONG_ENOUGH:
        return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}"
    return f"{text[:2]}{'*' * max(0, len(text) - 4)}{text[-2:]}" if len(text) > 4 else "*" * len(text)  # noqa: PLR2004


_PHONE = re.compile(r"(?:1[3-9]\d{9}|0\d{9,11})")


def phone(text: str) -> str | None:
    """A mobile number or a landline with its area code, as digits; None where it is neither."""
    digits = normalised(text).removeprefix("+86")
    return digits if digits.isascii() and _PHONE.fullmatch(digits) else None


def masked_phone(digits: str) -> str:
    """The first three and the last four: 138****1234."""
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"


def masked_name(name: str) -> str:
    """The first sign of a name, and a star for each further one, at most two: 王**."""
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else ""
