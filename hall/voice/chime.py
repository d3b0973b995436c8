"""The chime before a call: two soft notes, made by arithmetic, so that it belongs to nobody else.

`python -m hall.voice.chime FILE` writes the one that is shipped as static/sounds/chime.wav.
"""

from __future__ import annotations

import array
import math
import sys
import wave
from pathlib import Path

RATE = 22050
NOTES = ((659.26, 0.0, 1.1), (523.25, 0.42, 1.5))  # Hz, begins at s, lasts s: E5, then C5 below it
PARTIALS = ((1.0, 1.0), (2.0, 0.28), (3.0, 0.09), (4.2, 0.03))  # × pitch, strength: a bar of wood and metal
RISE_S = 0.012
LOUDEST = 0.55


def samples() -> array.array[int]:
    """The chime as 16-bit samples at RATE, one channel."""
    length = max(int((start + lasts) * RATE) for _pitch, start, lasts in NOTES)
    sound = [0.0] * length
    for pitch, start, lasts in NOTES:
        first = int(start * RATE)
        for step in range(int(lasts * RATE)):
            sound[first + step] += _bar(pitch, step / RATE, lasts)
    top = max(abs(value) for value in sound)
    return array.array("h", (round(value / top * LOUDEST * 32767) for value in sound))


def _bar(pitch: float, at: float, lasts: float) -> float:
    """One struck bar: a soft beginning, an end that fades, higher partials gone sooner."""
    shape = min(1.0, at / RISE_S) * min(1.0, (lasts - at) / 0.15)
    return shape * sum(
        strength * math.exp(-3.2 * at * times**0.8) * math.sin(math.tau * pitch * times * at)
        for times, strength in PARTIALS
    )


def write(path: Path) -> None:
    """Write the chime as a wav file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples().tobytes())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
