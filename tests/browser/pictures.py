"""Pictures for the guides, kept where `HALL_PICTURES` names a folder: in few colours, so that they are small."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

COLOURS = 64


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """A picture of the page as it stands, in few colours; `whole` with what lies below the window's edge."""
    folder = os.environ.get("HALL_PICTURES")
    if not folder:
        return
    page.wait_for_timeout(400)  # what glides has arrived
    taken = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    few = taken.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(Path(folder) / f"{name}.png", optimize=True)
