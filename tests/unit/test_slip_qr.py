"""The code for phones as SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from hall.qr import QUIET_ZONE, qr_matrix
from kiosk.slip import qr_svg
from tests import qr_reader

ADDRESSES = [
    "http://10.0.0.5/t/abc",
    "https://zwfw.example.gov.cn/t/Zr3kP0w9aQ7sV1xY5uT2mB",
    "HTTPS://ZWFW.EXAMPLE.GOV.CN/T/0123456789012345678901234567890123456789",
    "https://zwfw.example.gov.cn/大厅/t/" + "x1Y2" * 30,
]


def dots_of(svg: str) -> qr_reader.Dots:
    """Draw the SVG's one path on a grid, and take the quiet zone off."""
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    paths = [node for node in root if node.tag.endswith("path")]
    assert len(paths) == 1, "The code is one path."
    size = int(root.attrib["viewBox"].split()[2])
    grid = [[False] * size for _ in range(size)]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", paths[0].attrib["d"]):
        for at in range(int(x), int(x) + int(run)):
            grid[int(y)][at] = True
    border = [row for at, row in enumerate(grid) if at < QUIET_ZONE or at >= size - QUIET_ZONE]
    assert not any(map(any, border)), "The quiet zone must be white."
    return [row[QUIET_ZONE : size - QUIET_ZONE] for row in grid[QUIET_ZONE : size - QUIET_ZONE]]


@pytest.mark.parametrize("address", ADDRESSES)
def test_E2_the_svg_reads_as_the_address(address: str) -> None:
    assert qr_reader.read(dots_of(qr_svg(address))) == address


def test_E2_the_svg_has_no_style_that_a_strict_policy_would_block() -> None:
    assert "style" not in qr_svg(ADDRESSES[0])
    assert "script" not in qr_svg(ADDRESSES[0])


@pytest.mark.parametrize("address", ["", "x" * 3000])
def test_E2_no_code_is_drawn_for_nothing_or_for_too_much(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        qr_matrix(address)
