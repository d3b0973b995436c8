"""Small work on speech samples: trim silence, even out loudness, resample, write. Pure arithmetic, no library.

A render takes seconds and happens once, so plain Python is enough. Samples are 16-bit, one channel.
"""

from __future__ import annotations

import array
import math
import wave
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATE = 16000
QUIET = 0.02  # of the loudest sample: below is silence
MARGIN_S = 0.012
FADE_S = 0.008
LOUDNESS = 0.11  # root mean square of full scale, so that no digit sticks out
PEAK = 0.89
TAPS = 16  # on each side of a sample


def read(path: Path) -> tuple[int, array.array[int]]:
    """Rate and samples of a wav file. Raises wave.Error where it is none of 16 bit, one channel."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2 or file.getnchannels() != 1:  # noqa: PLR2004 - two bytes a sample
            raise wave.Error("not 16 bit, one channel")
        samples = array.array("h")
        samples.frombytes(file.readframes(file.getnframes()))
        return file.getframerate(), samples


def write(path: Path, samples: array.array[int]) -> None:
    """Write samples at RATE as a wav file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def finished(rate: int, samples: Sequence[int]) -> array.array[int]:
    """Speech ready to be strung together: trimmed, faded at both ends, evenly loud, at RATE."""
    return _even(_faded(_resampled(rate, _trimmed(rate, samples))))


def _trimmed(rate: int, samples: Sequence[int]) -> Sequence[int]:
    loudest = max((abs(value) for value in samples), default=0)
    heard = [place for place, value in enumerate(samples) if abs(value) > loudest * QUIET]
    if not heard:
        return samples[:0]
    margin = round(rate * MARGIN_S)
    return samples[max(0, heard[0] - margin) : heard[-1] + margin]


def _resampled(rate: int, samples: Sequence[int]) -> list[float]:
    """Band-limited interpolation with a windowed sinc; only downwards is needed."""
    if rate == RATE or not samples:
        return [float(value) for value in samples]
    common = math.gcd(rate, RATE)
    up, down = RATE // common, rate // common
    kernels = [_kernel(phase / up, min(1.0, up / down)) for phase in range(up)]
    padded = [0.0] * TAPS + [float(value) for value in samples] + [0.0] * TAPS
    made = []
    for step in range(len(samples) * up // down):
        place, phase = divmod(step * down, up)
        made.append(sum(map(mul, kernels[phase], padded[place + 1 : place + 1 + 2 * TAPS])))
    return made


def _kernel(offset: float, cut: float) -> list[float]:
    weights = []
    for tap in range(1 - TAPS, TAPS + 1):
        at = tap - offset
        angle = math.pi * at * cut
        sinc = math.sin(angle) / angle if angle else 1.0
        weights.append(cut * sinc * (0.5 + 0.5 * math.cos(math.pi * at / (TAPS + 1))))
    total = sum(weights)
    return [weight / total for weight in weights]


def _faded(samples: list[float]) -> list[float]:
    length = min(round(RATE * FADE_S), len(samples) // 2)
    for place in range(length):
        samples[place] *= place / length
        samples[-1 - place] *= place / length
    return samples


def _even(samples: list[float]) -> array.array[int]:
    if not samples:
        return array.array("h")
    power = math.sqrt(sum(value * value for value in samples) / len(samples)) or 1.0
    peak = max(abs(value) for value in samples) or 1.0
    gain = min(LOUDNESS * 32767 / power, PEAK * 32767 / peak)
    return array.array("h", (round(value * gain) for value in samples))
