"""Colours of the one sheet keep WCAG 2.2 AA for every pair that pages put together (E1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
TEXT, LARGE = 4.5, 3.0
PAPERS = ("paper", "ground", "shade")
NIGHTS = ("night", "night-raised")
COLOURS = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(", re.IGNORECASE)
OUR_SHEETS = ("base.css", "notes.css", "components.css", "elder.css")

PAIRS = [
    *[("ink", ground, TEXT) for ground in (*PAPERS, "civic-soft", "now-soft", "done-soft", "care-soft")],
    *[("quiet", ground, TEXT) for ground in (*PAPERS, "civic-soft")],
    *[("civic", ground, TEXT) for ground in (*PAPERS, "civic-soft")],
    *[("civic-deep", ground, TEXT) for ground in (*PAPERS, "civic-soft")],
    *[("now-deep", ground, TEXT) for ground in (*PAPERS, "now-soft")],
    *[("done-deep", ground, TEXT) for ground in (*PAPERS, "done-soft")],
    *[("care", ground, TEXT) for ground in (*PAPERS, "care-soft")],
    *[("on-civic", ground, TEXT) for ground in ("civic", "civic-deep")],
    *[("on-now", ground, TEXT) for ground in ("now", "now-deep")],
    *[("on-done", ground, TEXT) for ground in ("done", "done-deep")],
    *[("night-ink", ground, TEXT) for ground in NIGHTS],
    *[("night-quiet", ground, TEXT) for ground in NIGHTS],
    *[("newest", ground, TEXT) for ground in NIGHTS],
    ("on-newest", "newest", TEXT),
    # What marks a field, a key or the focus must be seen, not read
    *[("edge", ground, LARGE) for ground in ("paper", "ground")],
    *[("focus", ground, LARGE) for ground in PAPERS],
    *[("focus-night", ground, LARGE) for ground in (*NIGHTS, "civic")],
    *[("care-edge", ground, LARGE) for ground in ("paper", "care-soft")],
    *[(mark, "paper", LARGE) for mark in ("now", "done", "civic")],
]


def colours(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})\b", sheet))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_knows_its_ends() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert contrast("#777777", "#ffffff") < TEXT < contrast("#767676", "#ffffff")


@pytest.mark.parametrize("mode", ["ordinary", "elder"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_E1_every_pair_of_colours_can_be_read(front: str, back: str, least: float, mode: str) -> None:
    known = colours(TOKENS)
    if mode == "elder":
        known |= colours((CSS / "elder.css").read_text(encoding="utf-8"))
    found = contrast(known[front], known[back])
    assert found >= least, (
        f"--{front} on --{back} is {found:.2f}:1, needs {least}:1: change it in tokens.css."
    )


@pytest.mark.parametrize("sheet", OUR_SHEETS)
def test_colours_are_named_in_one_sheet_only(sheet: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    outside = [
        line.strip()
        for line in text.splitlines()
        if COLOURS.search(line) and "--" not in line.split(":")[0] and "#000" not in line
    ]
    assert not outside, f"Give these colours a name in tokens.css: {outside}"


def test_every_name_that_a_sheet_uses_is_declared() -> None:
    declared = set(re.findall(r"(--[a-z0-9-]+)\s*:", TOKENS))
    for path in sorted(CSS.glob("*.css")):
        text = path.read_text(encoding="utf-8")
        # kiosk-ticket.css is loaded after kiosk.css, the first sheet of its surface
        first = [one for one in CSS.glob("*.css") if one.stem == path.stem.split("-")[0]]
        said = "".join([text, *(one.read_text(encoding="utf-8") for one in first)])
        here = declared | set(re.findall(r"(--[a-z0-9-]+)\s*:", said))
        unknown = set(re.findall(r"var\((--[a-z0-9-]+)", text)) - here
        assert not unknown, f"{path.name} uses {sorted(unknown)}, which tokens.css does not declare."
