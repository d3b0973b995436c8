"""The printer's protocol against a printer that speaks it: raster, codes, states, answers, torn transmissions."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageChops

from kiosk.printer import open_printer
from kiosk.printer_commands import cut_slip, resynchronise, slip_body
from kiosk.printer_status import PrinterStatus
from kiosk.printer_wires import PrinterGone, parse_spec
from kiosk.slip import render_void
from tests import qr_reader
from tests.fake_printer import FakePrinter
from tests.race.agent_stage import same, slip_of, voided

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS = "https://zwfw.example.gov.cn/t/Zr3kP0w9aQ7sV1xY5uT2mB"


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as fake:
        yield fake


def print_slip(fake: FakePrinter, png: bytes, options: str = "") -> Image.Image:
    """Print and cut one slip; what lies in the tray."""
    device = open_printer(f"tcp://127.0.0.1:{fake.port}{options}")
    before = len(fake.slips)
    device.send(slip_body(png) + cut_slip(device.spec.cut))
    fake.wait(lambda fake: len(fake.slips) > before)
    device.close()
    return fake.slips[-1]


@pytest.mark.parametrize("width", [576, 384])
def test_item3_a_chinese_slip_prints_dot_for_dot_as_it_was_drawn(printer: FakePrinter, width: int) -> None:
    png = slip_of("A001", width=width)
    slip = print_slip(printer, png)
    assert slip.width == width
    assert same(slip, png), "The raster differs from the picture: Chinese would print as something else."
    assert printer.strange == [], "The printer met commands it doesn't know."


@pytest.mark.parametrize("width", [576, 384])
def test_E2_the_code_on_paper_leads_to_the_ticket(printer: FakePrinter, width: int) -> None:
    slip = print_slip(printer, slip_of("A001", qr_url=ADDRESS, width=width))
    assert qr_reader.read(qr_reader.find_dots(slip, 6)) == ADDRESS


@pytest.mark.parametrize("cut", ["auto", "part", "full"])
def test_item3_every_kind_of_cut_cuts_once(printer: FakePrinter, cut: str) -> None:
    print_slip(printer, slip_of("A001"), f"?cut={cut}")
    assert len(printer.slips) == 1
    assert printer.rows_hanging_out == 0


def test_item3_no_picture_can_be_mistaken_for_a_command(printer: FakePrinter) -> None:
    dots = b"".join(
        bytes((0x10, command, n)) for command in (0x04, 0x05, 0x14) for n in range(1, 9)
    )  # status requests, clearing of buffers, power off
    picture = Image.frombytes("1", (576, 3), (dots * 3).ljust(216, b"\x00"))
    out = io.BytesIO()
    ImageChops.invert(picture.convert("L")).convert("1").save(out, "PNG")
    body = slip_body(out.getvalue())
    assert b"\x10\x04\x01" not in body
    slip = print_slip(printer, out.getvalue())
    assert printer.strange == [], "The picture made the printer clear its buffer or switch off."
    changed = ImageChops.logical_xor(slip, Image.open(out)).convert("L").histogram()[255]
    assert 0 < changed <= 24 * 3, "Only the one dot that breaks each command may differ."


@pytest.mark.parametrize(
    ("state", "expected", "problem"),
    [
        ({}, PrinterStatus(), None),
        ({"paper": "low"}, PrinterStatus(paper="low"), None),
        ({"paper": "out"}, PrinterStatus(paper="out", online=False), "paper_out"),
        ({"cover_open": True}, PrinterStatus(cover="open", online=False), "cover_open"),
        ({"paper": "out", "cover_open": True}, PrinterStatus("out", "open", online=False), "cover_open"),
    ],
)
def test_item3_paper_and_cover_are_told_apart(
    printer: FakePrinter, state: dict[str, Any], expected: PrinterStatus, problem: str | None
) -> None:
    printer.set(**state)
    device = open_printer(f"tcp://127.0.0.1:{printer.port}")
    status = device.status()
    device.close()
    assert (status, status.problem) == (expected, problem)


def test_item3_a_printer_that_vanishes_is_offline_and_found_again(printer: FakePrinter) -> None:
    device = open_printer(f"tcp://127.0.0.1:{printer.port}?stall=2")
    assert device.status().online
    printer.crash()
    assert device.status().problem == "offline"
    printer.restart()
    assert device.status().problem is None
    device.close()


@pytest.mark.parametrize("confirm", ["process-id", "in-order"])
def test_item3_the_printer_answers_only_when_the_paper_is_out(printer: FakePrinter, confirm: str) -> None:
    device = open_printer(f"tcp://127.0.0.1:{printer.port}?confirm={confirm}")
    device.learn()
    assert device.confirms
    printer.set(paper_rows=200)
    device.send(slip_body(slip_of("A001")) + device.question(b"M001"))
    assert not device.confirmed(b"M001", 0.3), "Half a slip must not count as printed."
    assert device.status().problem == "paper_out", "The state must be readable while a slip waits for paper."
    printer.set(paper_rows=None)
    assert device.confirmed(b"M001", 10)
    device.close()


def test_item3_an_answer_to_another_slip_is_not_taken_for_this_one(printer: FakePrinter) -> None:
    device = open_printer(f"tcp://127.0.0.1:{printer.port}?confirm=process-id")
    device.send(device.question(b"M001"))
    assert not device.confirmed(b"M002", 0.3)
    assert device.confirmed(b"M001", 5)
    device.close()


def test_item3_a_model_that_never_answers_is_known_after_one_question(printer: FakePrinter) -> None:
    printer.set(knows_marks=False)
    device = open_printer(f"tcp://127.0.0.1:{printer.port}?confirm=process-id&wait=0.3")
    device.learn()
    assert not device.confirms
    device.close()


@pytest.mark.parametrize("torn_at", [1, 3, 7, 12, 500, 2500, 30_000])
def test_item3_a_printer_gets_back_into_step_wherever_a_command_was_torn(
    printer: FakePrinter, torn_at: int
) -> None:
    png = slip_of("A001")
    first = open_printer(f"tcp://127.0.0.1:{printer.port}")
    first.send(slip_body(png)[:torn_at])
    first.close()
    second = open_printer(f"tcp://127.0.0.1:{printer.port}")
    second.send(
        resynchronise(576) + slip_body(render_void()) + cut_slip("auto") + slip_body(png) + cut_slip("auto")
    )
    printer.wait(lambda fake: len(fake.slips) == 2)
    second.close()
    assert voided(printer.slips[0]), "The torn slip must end with the VOID bar."
    assert same(printer.slips[1], png)
    assert printer.strange == []


def test_item3_a_file_gets_all_slips_and_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    body = slip_body(slip_of("A001"))
    for _ in range(2):
        device = open_printer(f"file://{path}")
        device.send(body)
        assert device.status() == PrinterStatus(), "A printer that cannot speak is taken at its best."
        device.close()
    assert path.read_bytes() == body * 2


@pytest.mark.parametrize(
    "address",
    [
        "",
        "192.168.1.5:9100",
        "lpt://1",
        "tcp://",
        "usb://04b8",
        "tcp://host?cut=twice",
        "tcp://host?colour=1",
        "tcp://host:99999",
        "serial:///dev/ttyS0?baud=fast",
    ],
)
def test_item3_a_senseless_printer_address_is_refused_in_words(address: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        parse_spec(address)


def test_item3_addresses_of_all_kinds_are_understood() -> None:
    assert parse_spec("tcp://10.0.0.9").port == 9100
    assert parse_spec("usb://04b8:0e15?in=0x81&out=2").usb_in == 0x81
    serial = parse_spec("serial:///dev/ttyS0?baud=9600&confirm=none")
    assert (serial.place, serial.baud, serial.confirm) == ("/dev/ttyS0", 9600, "none")
    with pytest.raises(PrinterGone):
        open_printer("tcp://127.0.0.1:1?stall=1")


@pytest.mark.parametrize("png", [b"", b"<html>", slip_of("A001")[:-200]])
def test_item3_what_is_no_picture_is_not_printed(png: bytes) -> None:
    with pytest.raises(ValueError, match="picture"):
        slip_body(png)
