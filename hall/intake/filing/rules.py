"""Which papers name the same thing (I2). Pure."""

from __future__ import annotations

import re
import unicodedata

_ASIDES = re.compile(r"[(\[【《〔][^)\]】》〕]*[)\]】》〕]")
_FORMS = re.compile(r"(?:原件|复印件|正本|副本|及|、|和)+$")


def plain_name(text: str) -> str:
    """A paper's name without asides and without its form: 营业执照（副本）复印件 names the licence 营业执照."""
    bare = _ASIDES.sub("", unicodedata.normalize("NFKC", text)).replace(" ", "")
    return _FORMS.sub("", bare) or bare
