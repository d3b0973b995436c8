"""How Chinese text can be typed: the readings of each character in letters, without tones.

Every reading that a character has is kept (长 is zhang and chang, 单 is dan, shan and chan). One of them is the
*likely* one in its place: the first of the dictionary, unless a phrase below says otherwise.
"""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache

# The phrases of pypinyin cost 42 MB and in official item names change a dozen characters, those of PHRASES. A second
# copy of its dictionary, for programs that change it, costs 3 MB. The library reads these once, when it is first
# imported.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")


PHRASES: dict[str, tuple[str, ...]] = {
    # Words of the field
    "行业": ("hang", "ye"),
    "银行": ("yin", "hang"),
    "会计": ("kuai", "ji"),
    "给付": ("ji", "fu"),
    "供给": ("gong", "ji"),
    "返还": ("fan", "huan"),
    "退还": ("tui", "huan"),
    "归还": ("gui", "huan"),
    "还款": ("huan", "kuan"),
    "重新": ("chong", "xin"),
    "重建": ("chong", "jian"),
    "重复": ("chong", "fu"),
    "长期": ("chang", "qi"),
    "长途": ("chang", "tu"),
    "校验": ("jiao", "yan"),
    "调解": ("tiao", "jie"),
    "调整": ("tiao", "zheng"),
    "调节": ("tiao", "jie"),
    "调控": ("tiao", "kong"),
    "协调": ("xie", "tiao"),
    "空调": ("kong", "tiao"),
    "畜牧": ("xu", "mu"),
    "的确": ("di", "que"),
    "结扎": ("jie", "za"),
    "着装": ("zhuo", "zhuang"),
    "音乐": ("yin", "yue"),
    "乐器": ("yue", "qi"),
    "成都": ("cheng", "du"),
    "首都": ("shou", "du"),
    "重庆": ("chong", "qing"),
    # Places of Henan and their neighbours whose names are read otherwise than their characters
    "长葛": ("chang", "ge"),
    "长垣": ("chang", "yuan"),
    "浚县": ("xun", "xian"),
    "泌阳": ("bi", "yang"),
    "中牟": ("zhong", "mu"),
    "单县": ("shan", "xian"),
}
"""Two-character words whose likely readings differ from the dictionary's first ones."""

_TONELESS_U = {"ü": "v", "Ü": "v"}


@lru_cache(maxsize=30_000)
def readings(character: str) -> tuple[str, ...]:
    """All readings of one character in a–z, likeliest first; () if it is not a Chinese character.

    ü is written v, as on Chinese keyboards, and also u and yu, as people write it otherwise (女: nv, nu, nyu).
    """
    from pypinyin import Style, pinyin  # noqa: PLC0415 - 7 MB of a dictionary, loaded with the first search

    if character.isascii():
        return ()
    found: dict[str, None] = {}
    for reading in pinyin(character, style=Style.TONE, heteronym=True, errors="ignore")[0:1]:
        for toned in reading:
            plain = letters(toned)
            for typed in (plain, plain.replace("v", "u"), plain.replace("v", "yu")):
                found.setdefault(typed)
    return tuple(typed for typed in found if typed.isascii() and typed.isalpha())


def likely(text: str) -> list[str]:
    """The likely reading of each character of `text`; "" for one that is not Chinese."""
    found = [next(iter(readings(character)), "") for character in text]
    for at in range(len(text) - 1):
        if phrase := PHRASES.get(text[at : at + 2]):
            found[at : at + 2] = phrase
    return found


def letters(text: str) -> str:
    """What is left of `text` when only letters and digits count: the form in which all comparing is done.

    Full-width forms become ordinary, capitals small, accents and tone marks go (ü becomes v); spaces, punctuation,
    emoji, control characters and marks of direction go too.
    """
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    kept: list[str] = []
    for character in unicodedata.normalize("NFKC", text).casefold():
        if not character.isalnum():
            continue
        base = unicodedata.normalize("NFD", character)
        if not base[0].isascii():
            kept.append(character)
        elif base[0] == "u" and "\u0308" in base:
            kept.append("v")
        else:
            kept.append(base[0])
    return "".join(kept)
