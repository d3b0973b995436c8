"""Evidence is told by its content; a picture is drawn upright, and what is broken in it is never a fault (M7)."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hall.errors import DomainError
from hall.rota.findings import files

RED, BLUE = (255, 0, 0), (0, 0, 255)
ORIENTATION, MAKE = 0x0112, 0x010F
AS_SEEN = {
    1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1),
}  # fmt: skip
"""In which corner what the camera wrote into its first one is seen, by orientation: right, below."""


def picture(kind: str, orientation: int = 1, make: str = "") -> bytes:
    """40 × 20, red, with a blue first corner."""
    drawn, exif, out = Image.new("RGB", (40, 20), RED), Image.Exif(), io.BytesIO()
    drawn.paste(BLUE, (0, 0, 10, 10))
    exif[ORIENTATION] = orientation
    if make:
        exif[MAKE] = make
    drawn.save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(("orientation", "corner"), AS_SEEN.items())
def test_M7_a_photo_is_kept_upright_however_the_telephone_was_held(
    orientation: int, corner: tuple[int, int]
) -> None:
    _kept, drawn = files.checked(picture("PNG", orientation))
    with Image.open(io.BytesIO(drawn)) as seen:
        assert seen.size == ((20, 40) if orientation > 4 else (40, 20))
        at = {
            (right, below): seen.getpixel((right * (seen.width - 1), below * (seen.height - 1)))
            for right in (0, 1)
            for below in (0, 1)
        }
        assert [place for place, colour in at.items() if colour == BLUE] == [corner]
        assert not seen.getexif()


def test_M7_a_photo_whose_camera_wrote_nonsense_about_itself_is_a_photo() -> None:
    whole = picture("JPEG", 6, make="Kamera-Werk")
    maker, width = (
        b"\x01\x0f\x00\x02",
        b"\x01\x00\x00\x02",
    )  # the maker's name is called the picture's width instead
    assert whole.count(maker) == 1
    kept, drawn = files.checked(whole.replace(maker, width))
    assert kept.sort == "jpeg"
    with Image.open(io.BytesIO(drawn)) as seen:
        seen.load()


@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.lists(st.tuples(st.integers(8, 400), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_M7_whatever_is_broken_is_kept_or_refused_in_words(kind: str, wrong: list[tuple[int, int]]) -> None:
    content = bytearray(picture(kind, 6, make="Kamera-Werk"))
    for place, value in wrong:
        content[place % len(content)] = value
    try:
        kept, _drawn = files.checked(bytes(content))
    except DomainError as refused:
        told = refused.errors or {}
    else:
        told = {"file": [kept.sort]}
    assert list(told) == ["file"]
