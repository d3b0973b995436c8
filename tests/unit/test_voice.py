"""What is said when a number is called: digits one by one, windows as people say them (Q12)."""

from __future__ import annotations

import array
import json
import wave
from pathlib import Path

import pytest

from hall.voice import chime
from hall.voice.announcement import SpokenWindow, announce, chinese, chinese_count, english, floor_of
from hall.voice.fragments import english_count, fragments

SOUNDS = Path(__file__).resolve().parents[2] / "static" / "sounds"
WINDOW_3 = SpokenWindow(3, "一楼", "Floor 1")


def spoken(parts: tuple[str, ...]) -> str:
    """What the fragments say, put together; a choice says its first known one."""
    known = fragments()
    names = [part.split("|") for part in parts if not part.startswith("_")]
    return "".join(next((known[name].text for name in names_ if name in known), "") for names_ in names)


@pytest.mark.parametrize(
    ("number", "window", "text"),
    [
        ("A001", WINDOW_3, "请A零零一号，到一楼三号窗口"),
        ("A1000", SpokenWindow(12, "一楼"), "请A一零零零号，到一楼十二号窗口"),
        ("BC010", SpokenWindow(20, "二楼C区"), "请BC零一零号，到二楼C区二十号窗口"),
        ("A9001", SpokenWindow(35, ""), "请A九零零一号，到三十五号窗口"),
        ("A002", SpokenWindow(101, "2楼"), "请A零零二号，到二楼一零一号窗口"),
        ("A002", SpokenWindow(1, "负一层"), "请A零零二号，到负一楼一号窗口"),
    ],
)
def test_Q12_digits_one_by_one_and_windows_as_people_say_them(
    number: str, window: SpokenWindow, text: str
) -> None:
    said = chinese(number, window)
    assert said.text == text
    assert spoken(said.fragments) == text.replace("，", ""), "Fragments must say what the text says."


@pytest.mark.parametrize(
    ("number", "window", "text"),
    [
        ("A001", WINDOW_3, "Number A 0 0 1, please go to Window 3, Floor 1"),
        ("A001", SpokenWindow(3, "一楼"), "Number A 0 0 1, please go to Window 3, Floor 1"),
        ("A001", SpokenWindow(3), "Number A 0 0 1, please go to Window 3"),
        (
            "A001",
            SpokenWindow(3, "一楼A区", "Floor 1, Area A"),
            "Number A 0 0 1, please go to Window 3, Floor 1, Area A",
        ),
        ("A001", SpokenWindow(3, "负一楼"), "Number A 0 0 1, please go to Window 3, Basement 1"),
    ],
)
def test_Q12_english_counts_storeys_from_the_ground_up(number: str, window: SpokenWindow, text: str) -> None:
    said = english(number, window)
    assert said.text == text
    assert "one" in spoken(said.fragments), "The English fragments must spell the number."


def test_Q12_both_languages_come_with_a_call() -> None:
    said = announce("A001", WINDOW_3)
    assert list(said) == ["zh", "en"], "Chinese comes first."
    assert json.loads(json.dumps(said)) == said, "A live state carries it as JSON."


def test_an_area_without_sounds_falls_back_to_its_storey_or_is_left_out() -> None:
    assert "|zh/floor1" in chinese("A001", SpokenWindow(5, "一楼便民角")).fragments[-3]
    unknown = chinese("A001", SpokenWindow(5, "便民角")).fragments[-3]
    assert unknown.startswith("zh/name-"), "A hall can render or record the name of its area."
    assert unknown.endswith("|"), "Without a sound the area is left out, and the window is still said."


def test_a_place_without_a_number_is_spoken_by_its_name() -> None:
    said = chinese("A001", SpokenWindow(None, "一楼", "", "导办台", "Reception"))
    assert said.text == "请A零零一号，到一楼导办台"
    assert spoken(said.fragments).endswith("到屏幕所示窗口"), (
        "Without its sound, people are sent to the screen."
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("number", range(1, 100))
def test_every_window_up_to_99_has_its_sounds(number: int, language: str) -> None:
    said = (chinese if language == "zh" else english)("A001", SpokenWindow(number))
    known = fragments()
    assert all(part in known for part in said.fragments if not part.startswith("_"))
    count = chinese_count(number) if language == "zh" else english_count(number)
    assert count.replace(" ", "") in spoken(said.fragments)


@pytest.mark.parametrize(
    ("area", "storey"),
    [("一楼", 1), ("12楼西侧", 12), ("负二层", -2), ("十一楼", 11), ("东区", None), ("", None)],
)
def test_storeys_are_found_in_areas(area: str, storey: int | None) -> None:
    assert floor_of(area) == storey


def test_every_shipped_sound_is_there_and_can_be_played() -> None:
    folder = SOUNDS / "voice"
    sounds = json.loads((folder / "voice.json").read_text(encoding="utf-8"))["sounds"]
    assert sounds.keys() == fragments().keys(), (
        "Render anew: flask hall render-voice --no-names --out static/sounds/voice"
    )
    for name, known in sounds.items():
        assert known["text"] == fragments()[name].text, f"{name} says something else now: render anew."
        with wave.open(str(folder / known["file"]), "rb") as file:
            assert (file.getnchannels(), file.getframerate()) == (1, 16000)
            assert 0.15 < file.getnframes() / file.getframerate() < 6, f"{name} is empty or endless."


def test_the_shipped_voice_stays_small() -> None:
    files = list((SOUNDS / "voice").rglob("*.wav"))
    said = [path.stat().st_size for path in files if not path.name.startswith("say-")]
    steps = [path.stat().st_size for path in files if path.name.startswith("say-")]
    assert sum(said) < 2_000_000, "What a screen loads must stay under 2 MB: fewer or shorter sounds."
    assert sum(steps) < 2_500_000, "The kiosk's spoken steps must stay under 2.5 MB: fewer or shorter ones."


def test_the_chime_is_what_its_generator_makes() -> None:
    with wave.open(str(SOUNDS / "chime.wav"), "rb") as file:
        shipped = array.array("h", file.readframes(file.getnframes()))
    made = chime.samples()
    # One step of 65,536 may differ: sine functions of machines round differently
    close = all(abs(one - other) <= 1 for one, other in zip(shipped, made, strict=True))
    assert close, "Run: python -m hall.voice.chime static/sounds/chime.wav"


def test_the_chime_is_soft_and_ends_in_silence() -> None:
    samples = chime.samples()
    assert max(abs(value) for value in samples) < 0.6 * 32767
    assert abs(samples[0]) < 50, "It would click at its beginning."
    assert abs(samples[-1]) < 50, "It would click at its end."
