"""Evidence as files, named by their content, in the data folder: checked by content, pictures drawn anew (M7)."""

from __future__ import annotations

import hashlib
import io
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.aside import aside
from hall.errors import Invalid, NotFound, TooLarge
from hall.files import write_whole
from hall.rota.findings.rules import LARGEST, MEGABYTE, sort_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PIL import Image

FOLDER = "evidence"
KINDS = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
PICTURES = ("jpeg", "png", "webp")
SIDE = 2560  # pixels: a notice on a wall can still be read
MOST_PIXELS = {"jpeg": 60_000_000}  # a JPEG is read at the size that is wanted, the others whole
FEWER_PIXELS = 25_000_000
QUALITY = 85
ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that can be kept: its content's hash is its name."""

    digest: str
    sort: str
    size: int


def checked(content: bytes) -> tuple[Kept, bytes]:
    """Check a file by its content; a picture is drawn anew, without where and by what it was taken. Writes nothing.

    Raises Invalid (`bad_file`), TooLarge.
    """
    if len(content) > LARGEST:
        raise too_large()
    sort = sort_of(content)
    if sort is None:
        raise _bad(_l("This is neither a photo (JPEG, PNG, WebP) nor a document (PDF, Word)."))
    if sort in PICTURES:
        content, sort = _drawn_anew(content, sort)
    return Kept(hashlib.sha256(content).hexdigest(), sort, len(content)), content


def too_large() -> TooLarge:
    """What is said of a file beyond the limit."""
    said = _l(
        "This file is too large: at most %(most)s MB. Take the photo with a lower resolution.",
        most=LARGEST // MEGABYTE,
    )
    return TooLarge(said, code="too_large", errors={"file": [said]})


def _bad(said: object) -> Invalid:
    return Invalid(said, code="bad_file", errors={"file": [said]})


def _drawn_anew(content: bytes, sort: str) -> tuple[bytes, str]:
    """The picture alone: upright, at most 2560 pixels a side, without place, time and camera, as JPEG or PNG."""
    from PIL import Image  # noqa: PLC0415 - 10 MB that a server at rest does without

    try:
        with Image.open(io.BytesIO(content), formats=[sort.upper()]) as picture:
            _is_small_enough(picture, sort)
            picture.draft("RGB", (SIDE, SIDE))
            picture.thumbnail((SIDE, SIDE))
            upright = _upright(picture)
            whole = Image.new("RGB", upright.size, "white")
            with upright.convert("RGBA") as layers:
                whole.paste(layers, mask=layers.getchannel("A"))
    except TooLarge:
        raise
    except Exception:  # noqa: BLE001 - at what is broken, a decoder raises whatever comes to its mind
        raise _bad(_l("This photo is damaged. Please take it again.")) from None
    drawn = io.BytesIO()
    if sort == "png":
        whole.save(drawn, "PNG", optimize=True)
        return drawn.getvalue(), "png"
    whole.save(drawn, "JPEG", quality=QUALITY)
    return drawn.getvalue(), "jpeg"


def _is_small_enough(picture: Image.Image, sort: str) -> None:
    if picture.width * picture.height > MOST_PIXELS.get(sort, FEWER_PIXELS):
        raise too_large()


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its camera says. Only that is read of what a camera says, and where it is damaged, nothing."""
    from PIL import Image  # noqa: PLC0415

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - the same
        return picture
    return picture if turn is None else picture.transpose(turn)


def write(data: Path, kept: Kept, content: bytes) -> None:
    """Write what was checked, once."""
    target = data / FOLDER / kept.digest
    if not target.exists():
        aside(write_whole, target, content)


def drop(data: Path, digest: str, is_needed: Callable[[], bool]) -> bool:
    """Take a file away that nobody needs; answers whether it is gone.

    It is laid aside first, and put back where `is_needed` says by then that somebody has added it anew.
    """
    target, aside = data / FOLDER / digest, data / FOLDER / f".{secrets.token_hex(8)}"
    try:
        target.replace(aside)
    except FileNotFoundError:
        return False
    if is_needed():
        aside.replace(target)
        return False
    aside.unlink()
    return True


def sweep(data: Path, before: float) -> None:
    """Take away what was left half done before this moment, in seconds: files that never got their name, or lost it."""
    for left in (data / FOLDER).glob(".*"):
        with suppress(FileNotFoundError):  # it has just got its name
            if left.stat().st_mtime < before:
                left.unlink()


def read(data: Path, digest: str) -> bytes:
    """The file of this name. Raises NotFound."""
    path = data / FOLDER / digest
    if not path.is_file():
        raise NotFound(_l("This file is no longer there."), code="no_file")
    return path.read_bytes()
