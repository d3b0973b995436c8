"""Nothing lies about unused under static/ and templates/, and nothing is used that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.test_house_rules import ROOT, files, texts

NAMES = re.compile(r"-?[A-Za-z_][\w-]*")
SPRITE = ROOT / "static" / "icons" / "icons.svg"
PAGES = ("templates/", "static/js/", "hall/", "kiosk/", "wsgi.py")
OF_OTHERS = re.compile(r"u-")  # classes that uPlot gives its own parts


def product(*tops: str) -> str:
    """All that pages are made of."""
    return "\n".join(text for _name, text in texts(*(tops or PAGES)))


def test_every_sheet_script_and_template_is_used() -> None:
    said = product("templates/", "static/js/", "static/css/", "hall/", "kiosk/", "wsgi.py")
    unused = []
    for name in files():
        path = Path(name)
        if name.startswith("templates/errors/"):  # by status, in hall.http
            continue
        if name.startswith(("static/js/", "static/css/")):
            known = rf"""[/"'({{ ,]{re.escape(path.name)}["')?]|["']{re.escape(path.stem)}["']"""
        elif name.startswith("templates/"):
            known = rf"""["']{re.escape(name.removeprefix("templates/"))}["']"""
            kind = rf"""templates?\(|f["']{re.escape(path.parent.name)}/\{{"""
            if re.search(kind, said) and re.search(rf"""["']{re.escape(path.stem)}["']""", said):
                continue
        else:
            continue
        if not re.search(known, said):
            unused.append(name)
    assert not unused, "Take these away, or use them."


def test_every_class_of_a_sheet_is_given_to_something() -> None:
    given = set(NAMES.findall(product()))
    made = set(re.findall(r"([a-z][\w-]*-)\$\{", product("static/js/")))
    unused = set()
    for name, text in texts("static/css/"):
        sheet = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        for selector in re.findall(r"([^{}]+)\{", sheet):
            for known in re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector):
                if known not in given and not OF_OTHERS.match(known) and not known.startswith(tuple(made)):
                    unused.add(f"{name}: .{known}")
    assert not unused, "Take these rules away: nothing has the class."


def test_every_icon_that_is_shown_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol[^>]*\bid="([\w-]+)"', SPRITE.read_text(encoding="utf-8")))
    shown = set(re.findall(r"""\bicon\(["']([\w-]+)["']""", product("templates/")))
    by_script = re.findall(r"""\bsign\("([\w-]+)"|key\(kiosk, "[\w-]+", "([\w-]+)\"""", product("static/js/"))
    shown |= {name for pair in by_script for name in pair if name}
    assert shown, "No icon was found: has the way to show one changed?"
    assert not shown - there, "Draw these in static/icons/icons.svg."
