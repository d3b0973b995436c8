"""Where a slip printer hangs and how bytes get there and back: network, USB, serial line or file.

The connections are python-escpos'; added is what a printer that must not lose a slip needs: writes that say
when the printer stopped taking data, and reads that wait no longer than asked.

A printer is named by one address, with options after a question mark:

    tcp://192.168.1.50:9100
    usb://04b8:0e15?in=0x82&out=0x01
    serial:///dev/ttyS0?baud=115200
    file:///dev/usb/lp0

Options of every kind: `confirm` (process-id, in-order, none), `cut` (auto, part, full, none), `wait` (seconds
until a slip counts as unconfirmed, 8), `stall` (seconds without any progress until the connection is given
up, 10).
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast, get_args
from urllib.parse import parse_qsl, urlsplit

from escpos.exceptions import Error as EscposError
from escpos.printer import File, Network, Serial, Usb

Confirm = Literal["process-id", "in-order", "none"]
Cut = Literal["auto", "part", "full", "none"]
CHUNK = 2048  # bytes a write; small enough that a stalled printer is noticed, large enough for full speed
RAW_PORT = 9100


class PrinterGone(Exception):
    """The printer cannot be reached, hung up, or stopped taking data."""


@dataclass(frozen=True, slots=True)
class PrinterSpec:
    """A parsed printer address; `place` is host, device path or vendor:product, times in seconds."""

    kind: Literal["tcp", "usb", "serial", "file"]
    place: str
    port: int = RAW_PORT
    confirm: Confirm = "in-order"
    cut: Cut = "auto"
    wait: float = 8.0
    stall: float = 10.0
    baud: int = 115200
    usb_in: int = 0x82
    usb_out: int = 0x01


def parse_spec(address: str) -> PrinterSpec:
    """Read a printer's address; raises ValueError with a line that says what is wrong."""
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "usb", "serial", "file"):
        message = f"A printer is tcp://, usb://, serial:// or file://, not {address!r}."
        raise ValueError(message)
    place = parts.hostname if parts.scheme == "tcp" else parts.netloc if parts.scheme == "usb" else parts.path
    if not place or (parts.scheme == "usb" and place.count(":") != 1):
        message = f"{address!r} does not say which printer."
        raise ValueError(message)
    options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True))
    port = parts.port if parts.scheme == "tcp" and parts.port else RAW_PORT
    values: dict[str, Any] = {"kind": parts.scheme, "place": place, "port": port}
    for name, text in options.items():
        values.update(_option(name, text))
    return PrinterSpec(**values)


def _option(name: str, text: str) -> dict[str, object]:
    """One option as a field of PrinterSpec."""
    choices = {"confirm": get_args(Confirm), "cut": get_args(Cut)}
    if name in choices:
        if text in choices[name]:
            return {name: text}
        message = f"{name} is one of {', '.join(choices[name])}, not {text!r}."
        raise ValueError(message)
    if name in ("wait", "stall"):
        return {name: float(text)}
    numbers = {"baud": "baud", "in": "usb_in", "out": "usb_out"}
    if name in numbers:
        return {numbers[name]: int(text, 0)}
    message = f"A printer has no option {name!r}."
    raise ValueError(message)


class Wire(Protocol):
    """A connection to a printer; every method raises PrinterGone when it's broken."""

    two_way: bool

    def write(self, data: bytes) -> None:
        """Hand all bytes to the printer, waiting as long as it makes progress."""

    def read(self, seconds: float) -> bytes:
        """Whatever arrives first within the time, or nothing."""

    def close(self) -> None:
        """Hang up; never fails."""


def connect(spec: PrinterSpec) -> Wire:
    """Open the connection; raises PrinterGone when the printer is not there."""
    kinds = {"tcp": _TcpWire, "usb": _UsbWire, "serial": _SerialWire, "file": _FileWire}
    try:
        return cast("Wire", kinds[spec.kind](spec))
    except (EscposError, OSError, RuntimeError) as problem:
        message = f"No printer at {spec.kind}:{spec.place} ({problem.__class__.__name__})"
        raise PrinterGone(message) from problem


class _TcpWire:
    """A network printer; `send` rather than `sendall`, so that progress can be seen."""

    two_way = True

    def __init__(self, spec: PrinterSpec) -> None:
        self._printer = Network(spec.place, port=spec.port, timeout=spec.stall)
        # by ourselves: python-escpos leaves the socket open when nobody answers, and knows no IPv6
        self._socket = socket.create_connection((spec.place, spec.port), timeout=spec.stall)
        # a small send buffer, so that what was written is soon at the printer, and a state can be asked for
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * CHUNK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._printer.device = self._socket
        self._stall = spec.stall

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            self._socket.settimeout(self._stall)
            while rest:
                rest = rest[self._socket.send(rest[:CHUNK]) :]
        except OSError as problem:
            raise PrinterGone(str(problem)) from problem

    def read(self, seconds: float) -> bytes:
        try:
            self._socket.settimeout(max(seconds, 0.001))
            data = self._socket.recv(4096)
        except TimeoutError:
            return b""
        except OSError as problem:
            raise PrinterGone(str(problem)) from problem
        if not data:
            message = "the printer hung up"
            raise PrinterGone(message)
        return data

    def close(self) -> None:
        self._printer.close()


class _UsbWire:
    """A USB printer through libusb."""

    two_way = True

    def __init__(self, spec: PrinterSpec) -> None:
        vendor, product = (int(part, 16) for part in spec.place.split(":"))
        self._printer = Usb(vendor, product, in_ep=spec.usb_in, out_ep=spec.usb_out)
        self._printer.open()
        self._device = self._printer.device
        self._spec = spec

    def write(self, data: bytes) -> None:
        rest = data
        try:
            while rest:
                done = self._device.write(self._spec.usb_out, rest[:CHUNK], int(self._spec.stall * 1000))
                rest = rest[done:]
        except OSError as problem:  # what libusb raises is an OSError
            raise PrinterGone(str(problem)) from problem

    def read(self, seconds: float) -> bytes:
        try:
            return bytes(self._device.read(self._spec.usb_in, 64, max(1, int(seconds * 1000))))
        except OSError as problem:
            if problem.__class__.__name__ == "USBTimeoutError":
                return b""
            raise PrinterGone(str(problem)) from problem

    def close(self) -> None:
        self._printer.close()


class _SerialWire:
    """A printer on a serial line with hardware flow control."""

    two_way = True

    def __init__(self, spec: PrinterSpec) -> None:
        self._printer = Serial(devfile=spec.place, baudrate=spec.baud, timeout=1)
        self._printer.open()
        self._line = self._printer.device
        self._line.write_timeout = spec.stall

    def write(self, data: bytes) -> None:
        try:
            for start in range(0, len(data), CHUNK):
                self._line.write(data[start : start + CHUNK])
            self._line.flush()
        except OSError as problem:  # pyserial's own exceptions are OSErrors
            raise PrinterGone(str(problem)) from problem

    def read(self, seconds: float) -> bytes:
        try:
            self._line.timeout = seconds
            return bytes(self._line.read(max(1, self._line.in_waiting)))
        except OSError as problem:
            raise PrinterGone(str(problem)) from problem

    def close(self) -> None:
        self._printer.close()


class _FileWire:
    """A printer device of the system, or a plain file: it takes bytes and says nothing."""

    two_way = False

    def __init__(self, spec: PrinterSpec) -> None:
        self._printer = File(spec.place)
        # python-escpos would truncate a plain file at every start; a printer device doesn't mind either way
        self._printer.device = open(spec.place, "ab", buffering=0)  # noqa: PTH123, SIM115 - closed with the wire

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._printer.device.write(rest[:CHUNK]) :]
        except OSError as problem:
            raise PrinterGone(str(problem)) from problem

    def read(self, seconds: float) -> bytes:  # noqa: ARG002 - nothing ever comes
        return b""

    def close(self) -> None:
        self._printer.close()
