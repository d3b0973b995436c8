"""`flask hall render-voice`: sound files for halls whose browsers have no Chinese voice.

The speech comes from espeak-ng, a separate program under its own licence (GPL-3), started as a process of its own
where it is installed; nothing of it is part of this product. What it says is replaced by a hall's own recordings.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from pypinyin import Style, lazy_pinyin
from sqlalchemy import select

from hall.catalog.models import Window
from hall.database import db
from hall.voice import sound
from hall.voice.announcement import name_fragment
from hall.voice.fragments import MANIFEST, Fragment, fragments

VOICES = {"zh": ("cmn-latn-pinyin+f2", "190"), "en": ("en-gb+f2", "165")}  # voice, words a minute
PITCH = "46"
PATIENCE_S = 60
ORDINAL = re.compile("一(?=[楼层号])")  # the first, not one of several: it keeps its tone


class EngineMissing(click.ClickException):
    """There is no program that can speak."""


def speak(engine: str, fragment: Fragment) -> tuple[int, Any]:
    """Let the engine say a fragment: rate and samples. Raises ClickException with what it said."""
    voice, speed = VOICES[fragment.language]
    text = pinyin(fragment.text) if fragment.language == "zh" else fragment.text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        command = [engine, "-v", voice, "-s", speed, "-p", PITCH, "-w", str(path), "--", text]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)  # noqa: S603
        if done.returncode or not path.exists():
            told = done.stderr.decode(errors="replace").strip().splitlines()
            raise click.ClickException(
                f"{engine} could not say {fragment.text!r}: {told[-1:] or 'no reason'}"
            )
        return sound.read(path)


def pinyin(text: str) -> str:
    """Chinese as syllables with tone numbers, tones bent as they are spoken (不要 → bu2 yao4)."""
    said = " yi1 ".join(_syllables(part) for part in ORDINAL.split(text)).strip()
    return said.replace("，", ",").replace("。", ".").replace("ü", "v")


def _syllables(text: str) -> str:
    return " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True))


def render(engine: str, wanted: Mapping[str, Fragment], out: Path) -> int:
    """Render the fragments into a folder with its manifest; what says the same shares a file. Answers the bytes."""
    said: dict[Fragment, dict[str, object]] = {}
    sounds = {}
    with click.progressbar(wanted.items(), label="voice") as steps:
        for name, fragment in steps:
            if fragment not in said:
                path = out / f"{name}.wav"
                samples = sound.finished(*speak(engine, fragment))
                sound.write(path, samples)
                said[fragment] = {
                    "file": f"{name}.wav",
                    "text": fragment.text,
                    "ms": round(len(samples) * 1000 / sound.RATE),
                    "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                }
            sounds[name] = said[fragment]
    manifest = {"rate": sound.RATE, "engine": version_of(engine), "sounds": dict(sorted(sounds.items()))}
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (out / MANIFEST).write_text(text, encoding="utf-8")
    return sum(path.stat().st_size for path in out.rglob("*.wav"))


def version_of(engine: str) -> str:
    """Name and version of the engine, without where it lies."""
    done = subprocess.run([engine, "--version"], capture_output=True, timeout=PATIENCE_S, check=False)  # noqa: S603
    return done.stdout.decode(errors="replace").split("Data at")[0].strip()


def found_engine(engine: str) -> str:
    """The engine's program. Raises EngineMissing."""
    path = shutil.which(engine)
    if path is None:
        raise EngineMissing(
            f"{engine} is not installed. On Debian or Ubuntu: apt-get install espeak-ng. "
            "Or put your own recordings into the data folder: see docs/voice.md."
        )
    return path


def hall_names() -> dict[str, Fragment]:
    """Areas and window names of this hall, as sounds of their own."""
    texts: set[tuple[str, str]] = set()
    for window in db.session.scalars(select(Window).where(Window.retired_at.is_(None))):
        texts |= {("zh", window.area), ("en", window.area_en)}
    return {name_fragment(*text): Fragment(*text) for text in sorted(texts) if text[1]}


@click.command("render-voice")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder; by default in HALL_DATA."
)
@click.option(
    "--engine", default="espeak-ng", show_default=True, help="Program that speaks, as espeak-ng does."
)
@click.option("--names/--no-names", default=True, help="Also the areas of this hall's windows.")
@with_appcontext
def render_voice_command(out: Path | None, engine: str, names: bool) -> None:  # noqa: FBT001 - click's way
    """Render the announcements' sounds with espeak-ng; the hall's own recordings keep precedence."""
    program = found_engine(engine)
    folder = out or current_app.config["HALL"].data / "voice" / "rendered"
    wanted = fragments() | (hall_names() if names else {})
    size = render(program, wanted, folder)
    click.echo(f"{len(wanted)} sounds, {size / 1e6:.1f} MB, in {folder}")
