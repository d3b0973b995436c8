"""What is sent to a slip printer: pictures as raster, the cut, and the way back into step.

Commands are built by python-escpos; added is raster data that no printer can mistake for a real-time command.
"""

from __future__ import annotations

import io
import re
from typing import cast

from escpos.printer import Dummy
from PIL import Image

from kiosk.printer_wires import Cut

PROFILES = {576: "TM-T20II", 384: "POS-5890"}  # any model of that width: only the picture command is used
BAND = 64  # rows a raster command: short, so that a torn one is soon completed

# What a printer executes at once even inside raster data; one more black dot in the middle byte undoes it.
REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x12]|\x05[\x00-\x03]|\x14[\x00-\x08])")


def slip_body(png: bytes) -> bytes:
    """The commands that print the picture (one bit a dot, 576 or 384 wide), without any cut.

    Raises ValueError for a picture that is none or has another width.
    """
    try:
        picture = Image.open(io.BytesIO(png)).convert("1")
    except (OSError, Image.DecompressionBombError) as problem:
        message = "The slip is not a picture."
        raise ValueError(message) from problem
    if picture.width not in PROFILES:
        message = f"Slips are 576 or 384 dots wide, not {picture.width}."
        raise ValueError(message)
    page = Dummy(profile=PROFILES[picture.width])
    page.hw("INIT")
    page.image(picture, impl="bitImageRaster", fragment_height=BAND)
    return REAL_TIME.sub(_defuse, cast("bytes", page.output))


def _defuse(found: re.Match[bytes]) -> bytes:
    first, second, third = found.group()
    return bytes((first, second | 0x08, third))


def cut_slip(cut: Cut) -> bytes:
    """Feed the slip out and cut it; `auto` feeds just as far as the cutter is away."""
    page = Dummy(profile=PROFILES[576])
    if cut == "auto":
        page.cut(feed=False)
    elif cut == "none":
        page.print_and_feed(6)
    else:
        page.cut(mode=cut.upper())
    return cast("bytes", page.output)


def resynchronise(width_dots: int) -> bytes:
    """What brings a printer back into step, wherever in a command the last transmission broke off.

    White dots complete the longest picture command; outside of a command they mean nothing.
    """
    page = Dummy()
    page.hw("INIT")
    return bytes(BAND * width_dots // 8 + 16) + cast("bytes", page.output)
