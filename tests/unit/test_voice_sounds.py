"""Sounds of the voice: rendered by a separate program, replaced by the hall's own recordings."""

from __future__ import annotations

import array
import json
import math
import sys
import wave
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from hall.voice import render, sound
from hall.voice.fragments import MANIFEST, Fragment, fragments

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from config import Config

pytestmark = pytest.mark.engines("sqlite")

# A program that takes espeak-ng's words: half a second of silence, a tone, half a second of silence
ENGINE = """#!{python}
import array, math, sys, wave
if "--version" in sys.argv:
    print("Test voice 1.0  Data at: somewhere")
    sys.exit()
if sys.argv[-1] == "cannot":
    sys.exit("no such words")
silence = [0] * 11025
tone = [round(9000 * math.sin(step / 8)) for step in range(22050 * len(sys.argv[-1]) // 20)]
with wave.open(sys.argv[sys.argv.index("-w") + 1], "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(22050)
    file.writeframes(array.array("h", silence + tone + silence).tobytes())
"""


@pytest.fixture
def speaker(tmp_path: Path) -> str:
    program = tmp_path / "program"
    program.write_text(ENGINE.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def samples_of(path: Path) -> array.array[int]:
    rate, samples = sound.read(path)
    assert rate == sound.RATE
    return samples


def test_silence_is_trimmed_so_that_fragments_join_without_a_gap(speaker: str, tmp_path: Path) -> None:
    render.render(speaker, {"zh/1": Fragment("zh", "一")}, tmp_path)
    samples = samples_of(tmp_path / "zh" / "1.wav")
    margins = 2 * sound.MARGIN_S
    assert len(samples) / sound.RATE == pytest.approx(len("yi1") / 20 + margins, abs=0.01)


def test_all_fragments_are_evenly_loud(speaker: str, tmp_path: Path) -> None:
    render.render(
        speaker, {"en/1": Fragment("en", "one"), "en/go-to": Fragment("en", "please go to")}, tmp_path
    )
    for name in ("en/1", "en/go-to"):
        samples = samples_of(tmp_path / f"{name}.wav")
        power = math.sqrt(sum(value * value for value in samples) / len(samples)) / 32767
        assert power == pytest.approx(sound.LOUDNESS, rel=0.05)


def test_resampling_keeps_the_pitch() -> None:
    tone = [round(9000 * math.sin(math.tau * 440 * step / 22050)) for step in range(22050)]
    made = sound.finished(22050, tone)
    crossings = sum(1 for one, other in pairwise(made) if one < 0 <= other)
    assert crossings == pytest.approx(440, abs=2)


def test_what_says_the_same_shares_a_file(speaker: str, tmp_path: Path) -> None:
    same = Fragment("zh", "三")
    render.render(speaker, {"zh/3": same, "zh/n3": same}, tmp_path)
    manifest = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["sounds"]["zh/n3"]["file"] == "zh/3.wav"
    assert manifest["engine"] == "Test voice 1.0", "The manifest names the program, not where it lies."


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("一楼", "yi1 lou2"),
        ("请到一楼一号窗口", "qing3 dao4 yi1 lou2 yi1 hao4 chuang1 kou3"),
        ("不要", "bu2 yao4"),
        ("号窗口", "hao4 chuang1 kou3"),
        ("请选择，然后", "qing3 xuan3 ze2 , ran2 hou4"),
    ],
)
def test_chinese_is_given_as_syllables_with_spoken_tones(text: str, syllables: str) -> None:
    assert render.pinyin(text) == syllables


def test_every_shipped_sentence_has_a_reading() -> None:
    for fragment in fragments().values():
        if fragment.language == "zh":
            assert render.pinyin(fragment.text).isascii(), (
                f"{fragment.text} keeps signs that cannot be spoken."
            )


def test_the_command_renders_the_halls_own_areas_too(
    app: Flask, demo: object, config: Config, speaker: str
) -> None:
    done = app.test_cli_runner().invoke(args=["hall", "render-voice", "--engine", speaker])
    assert done.exit_code == 0, done.output
    sounds = json.loads((config.data / "voice" / "rendered" / MANIFEST).read_text(encoding="utf-8"))["sounds"]
    assert demo
    assert any(name.startswith("en/name-") for name in sounds), "Areas of windows become sounds."
    assert fragments().keys() < sounds.keys()


def test_the_command_says_what_to_install(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["hall", "render-voice", "--engine", "no-such-program"])
    assert done.exit_code == 1
    assert "apt-get install espeak-ng" in done.output


def test_the_command_says_what_the_engine_could_not_say(speaker: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no such words"):
        render.render(speaker, {"en/x": Fragment("en", "cannot")}, tmp_path)


def test_the_halls_recordings_come_before_renderings_and_these_before_ours(
    client: FlaskClient, config: Config, speaker: str
) -> None:
    shipped = client.get("/voice/sounds.json").get_json()
    assert shipped["own"] is False
    assert shipped["sounds"]["zh/1"].startswith("/static/sounds/voice/zh/1.wav?v=")

    folder = config.data / "voice"
    render.render(speaker, {"zh/1": Fragment("zh", "一"), "zh/2": Fragment("zh", "二")}, folder / "rendered")
    (folder / "own" / "zh").mkdir(parents=True)
    (folder / "own" / "zh" / "2.mp3").write_bytes(b"our announcer")
    (folder / "own" / "zh" / "notes.txt").write_text("not a sound", encoding="utf-8")
    found = client.get("/voice/sounds.json").get_json()

    assert found["own"] is True, "Screens then use files, not a voice of the browser."
    assert found["sounds"]["zh/1"].startswith("/voice/rendered/zh/1.wav?v=")
    assert found["sounds"]["zh/2"].startswith("/voice/own/zh/2.mp3?v=")
    assert found["sounds"]["zh/3"] == shipped["sounds"]["zh/3"]
    assert "zh/notes" not in found["sounds"]
    with client.get(found["sounds"]["zh/2"]) as answer:
        assert answer.data == b"our announcer"
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "own/../../keys.json",
        "own/%2e%2e/%2e%2e/keys.json",
        "own/zh/none.wav",
        "rendered/voice.json",
        "keys/x.wav",
    ],
)
def test_nothing_else_of_the_data_folder_is_served(client: FlaskClient, config: Config, path: str) -> None:
    for kind in ("own", "rendered"):
        (config.data / "voice" / kind).mkdir(parents=True)
    assert client.get(f"/voice/{path}").status_code == 404


def test_a_shipped_sound_plays_from_its_address(client: FlaskClient) -> None:
    address = client.get("/voice/sounds.json").get_json()["sounds"]["zh/number"]
    with client.get(address, buffered=True) as answer:
        data = answer.data
    assert data[:4] == b"RIFF"
    assert int.from_bytes(data[20:22], "little") == wave.WAVE_FORMAT_PCM, "Any browser can play it."
