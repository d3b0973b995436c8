"""What a signature may be. Pure."""

from __future__ import annotations

import zlib

SIGNATURE_BYTES = 200 * 1024
SIDE = 4000
AREA = 2_000_000
LEAST_ROWS = 8
"""Rows of the picture that look different from each other where something is drawn; an empty one has two at most."""
PNG = b"\x89PNG\r\n\x1a\n"
END = b"IEND\xaeB`\x82"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def is_signature(data: bytes) -> bool:
    """Whether this is a whole PNG picture of a bearable size."""
    if not (data.startswith(PNG) and data.endswith(END) and data[12:16] == b"IHDR"):
        return False
    if len(data) > SIGNATURE_BYTES:
        return False
    width, height = _size(data)
    return 0 < width <= SIDE and 0 < height <= SIDE and width * height <= AREA


def is_drawn(data: bytes) -> bool:
    """Whether something is drawn in this picture, rather than an empty field sent (eight bits a colour)."""
    width, height = _size(data)
    depth, colours = data[24], data[25]
    if depth != 8 or colours not in CHANNELS or data[28]:  # noqa: PLR2004 - what canvases and scanners make
        return False
    row = 1 + width * CHANNELS[colours]
    try:
        raw = zlib.decompressobj().decompress(_picture(data), row * height + 1)
    except zlib.error:
        return False
    rows = {raw[at : at + row] for at in range(0, len(raw), row)}
    return len(raw) == row * height and len(rows) >= LEAST_ROWS


def _size(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _picture(data: bytes) -> bytes:
    """The packed picture: all IDAT parts one after the other."""
    parts, at = [], len(PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            parts.append(data[at + 8 : at + 8 + length])
        at += 12 + length
    return b"".join(parts)
