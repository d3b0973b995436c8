"""What a slip says and how it is set: wording, languages, several tickets, nothing cut off."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime

import pytest
from PIL import Image, ImageChops

from kiosk.slip import CHINESE, Slip, SlipTicket, render_png, render_text
from kiosk.typesetting import TEXT_FONT, text_font, wrap
from tests import qr_reader

AT = datetime(2026, 11, 23, 9, 12)  # noqa: DTZ001 - slips carry local time
TICKET = SlipTicket("A001", "不动产登记", "Real estate registration", 8, (15, 25), "一楼 3—6 号窗口")
SLIP = Slip("息县政务服务大厅", (TICKET,), AT, supervision_phone="0376-5951234")
ADDRESS = "https://zwfw.example.gov.cn/t/Zr3kP0w9aQ7sV1xY5uT2mB"
LONG = "企业开办、变更、注销登记及食品经营许可（含小餐饮、小作坊备案）综合受理"


def picture(slip: Slip, width: int = 576) -> Image.Image:
    return Image.open(io.BytesIO(render_png(slip, width)))


def with_ticket(**changes: object) -> Slip:
    return replace(SLIP, tickets=(replace(TICKET, **changes),))  # type: ignore[arg-type]


def test_the_slip_reads_as_the_county_words_it() -> None:
    assert render_text(SLIP).splitlines() == [
        "息县政务服务大厅",
        "A001",
        "不动产登记",
        "前面等候 8 人，约 15—25 分钟（仅供参考）",
        "一楼 3—6 号窗口",
        "2026年11月23日 09:12",
        "请留意屏幕和广播。过号 30 分钟内可到导办台恢复一次。",
        "取号、帮办不收费。监督电话：0376-5951234",
    ], "The slip's words and their order are the county's; a site changes them with SlipTexts."


def test_E1_the_english_slip_keeps_the_chinese_line_so_that_staff_can_help() -> None:
    english = render_text(replace(SLIP, lang="en", site_name="Xi County Service Hall"))
    assert "8 people ahead of you, about 15–25 min (estimate)" in english
    assert "Real estate registration\n不动产登记" in english
    assert "23 Nov 2026, 09:12" in english


@pytest.mark.parametrize(
    ("ahead", "wait", "said"),
    [
        (0, None, "前面没有人等候"),
        (0, (0, 5), "前面没有人等候，约 5 分钟以内（仅供参考）"),
        (3, (10, 10), "前面等候 3 人，约 10 分钟（仅供参考）"),
        (3, None, "前面等候 3 人"),
    ],
)
def test_a_wait_without_basis_is_left_out_rather_than_guessed(
    ahead: int, wait: tuple[int, int] | None, said: str
) -> None:
    assert said in render_text(with_ticket(ahead=ahead, wait=wait)).splitlines()


def test_Q13_one_slip_carries_up_to_five_tickets_and_says_what_happens_to_the_others() -> None:
    numbers = ("A001", "B017", "AB1000", "D204", "F033")
    slip = replace(SLIP, tickets=tuple(replace(TICKET, number=number) for number in numbers))
    lines = render_text(slip).splitlines()
    assert [line for line in lines if line in numbers] == list(numbers)
    assert "共 5 个号。办理其中一个时，其余的号保留次序。" in lines
    with pytest.raises(ValueError, match="Q13"):
        replace(slip, tickets=(*slip.tickets, TICKET))
    with pytest.raises(ValueError, match="Q13"):
        replace(slip, tickets=())


def test_priority_groups_reprints_and_tests_are_marked() -> None:
    text = render_text(replace(with_ticket(lane_priority=True, heads=3), reprint=True, test=True))
    assert text.startswith("测试票 不能办事\n")
    for mark in ("绿色通道", "一行 3 人", "补打"):
        assert mark in text.splitlines(), f"{mark} is missing from the slip."


def test_a_site_can_word_its_slip_even_with_a_stray_brace() -> None:
    own = replace(CHINESE, watch="过号 {minutes} 分钟内到 1 号台 {请出示本单}")
    assert "过号 20 分钟内到 1 号台 {请出示本单}" in render_text(replace(SLIP, texts=own, rejoin_minutes=20))


@pytest.mark.parametrize("width", [576, 384])
def test_the_picture_has_one_bit_a_dot_and_the_width_of_the_paper(width: int) -> None:
    drawn = picture(SLIP, width)
    assert (drawn.mode, drawn.width, drawn.format) == ("1", width, "PNG")
    with pytest.raises(ValueError, match="576"):
        render_png(SLIP, width + 1)


@pytest.mark.parametrize("width", [576, 384])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_touches_the_edge_of_the_paper_however_long_the_names(width: int, lang: str) -> None:
    long = replace(
        TICKET, number="AB1000", line_name=LONG * 2, line_name_en="Licences " * 20, where=LONG, ahead=12345
    )
    for tickets in ((long,), (long, TICKET, long)):
        drawn = picture(replace(SLIP, tickets=tickets, lang=lang, qr_url=ADDRESS), width)  # type: ignore[arg-type]
        box = ImageChops.invert(drawn.convert("L")).getbbox()
        assert box is not None
        assert box[0] >= 2
        assert box[2] <= width - 2, "Text runs off the paper: it must be wrapped."
        assert box[3] <= drawn.height


@pytest.mark.parametrize("width", [110, 150, 300, 534])
def test_wrapping_keeps_every_character_and_fits(width: int) -> None:
    lines = wrap(LONG, 36, width)
    assert "".join(lines) == LONG, "A name must be wrapped, never cut."
    assert all(text_font(36).getlength(line) <= width for line in lines)
    assert not any(line[0] in "、，。）" for line in lines), "No line starts with a closing mark."


def test_wrapping_keeps_a_number_with_its_unit_and_a_word_whole() -> None:
    assert wrap("过号 30 分钟内", 32, 130) == ("过号", "30 分钟", "内")
    assert wrap("Xi County Government", 32, 200) == ("Xi County", "Government")


def test_E1_chinese_shows_from_the_shipped_font_for_every_character_of_GB2312() -> None:
    unknown = bytes(text_font(24).getmask("\U0010fffd"))
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            sign = bytes((row, cell)).decode("gb2312", "ignore")
            assert not sign or bytes(text_font(24).getmask(sign)) != unknown, (
                f"{TEXT_FONT.name} lacks {sign}."
            )


@pytest.mark.parametrize("name", ["", "\u202e\u0000\u200b", "😀" * 30, "ة" * 200, "A" * 300])
def test_odd_names_still_print(name: str) -> None:
    slip = replace(
        with_ticket(line_name=name, line_name_en=name, where=name), site_name=name, supervision_phone=name
    )
    for lang in ("zh", "en"):
        drawn = picture(replace(slip, lang=lang))
        assert drawn.height > 200
    assert "\u202e" not in render_text(slip)
    assert "\u0000" not in render_text(slip)


@pytest.mark.parametrize("width", [576, 384])
def test_E2_the_code_is_there_only_with_an_address_and_reads_as_that_address(width: int) -> None:
    assert qr_reader.read(qr_reader.find_dots(picture(replace(SLIP, qr_url=ADDRESS), width), 6)) == ADDRESS
    with pytest.raises(AssertionError, match="three corner marks"):
        qr_reader.find_dots(picture(SLIP, width), 6)
    assert "扫码" not in render_text(SLIP)
