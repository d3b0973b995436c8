"""The websocket under Socket.IO: no write that waits, every size and wait bounded, one greenlet a client.

Takes the place of simple-websocket and of Engine.IO's writer under gunicorn's gevent worker, which garble the
stream of a slow reader, buffer messages of any size and keep the sockets of frozen clients. wsproto speaks
the protocol as before, Engine.IO keeps sessions and pings. Reasons and figures: docs/live-transport.md.
"""

from __future__ import annotations

import struct
from collections import deque
from contextlib import suppress
from importlib.metadata import version
from socket import MSG_DONTWAIT, SHUT_RDWR, SHUT_WR, SO_LINGER, SO_SNDBUF, SOL_SOCKET
from typing import TYPE_CHECKING, Any, ClassVar, Final

import engineio.socket
import gevent
import structlog
from engineio.packet import CLOSE, MESSAGE, PONG, Packet
from gevent.socket import wait_write
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.frame_protocol import CloseReason, FrameProtocol
from wsproto.utilities import LocalProtocolError, generate_accept_token

if TYPE_CHECKING:
    from collections.abc import Iterator

PING_INTERVAL_SECONDS: Final = 25
PING_TIMEOUT_SECONDS: Final = 20
LINGER_SECONDS: Final = 2.0  # for a closed client to read the rest and close its side
RECEIVE_BYTES: Final = 4096
SEND_BUFFER_BYTES: Final = 65_536  # the kernel's; left alone it grows to 4 MB a client, outside our limits

CHECKED: Final = {
    "gevent": "26.9.0",  # sendmsg with MSG_DONTWAIT never waits
    "gunicorn": "27.0.1",  # hands over its socket and closes it after StopIteration
    "python-engineio": "4.15.1",  # the methods that LiveSocket overrides and what they call
    "python-socketio": "5.18.1",  # one packet object for all recipients of a broadcast; packet numbers
    "wsproto": "1.3.2",  # hands out a message as far as it has arrived
}
_ACCEPT: Final = (  # with no extension, so permessage-deflate is never agreed to
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n"
)
_FRAMES: Final = FrameProtocol(client=False, extensions=[])


class UpstreamChangedError(RuntimeError):
    """A library that this module replaces parts of is not the one it was checked against."""


class Wire:
    """One accepted websocket: frames out in one order, text messages in up to a size.

    What the kernel does not take at once goes to the backlog, and later frames behind it. Nothing can switch
    between the look at the backlog and the write, so nothing overtakes; from the server's own thread only.
    """

    max_message_bytes: ClassVar[int]
    frozen_after_seconds: ClassVar[float]
    max_backlog_bytes: ClassVar[int]

    def __init__(self, sock: Any) -> None:  # noqa: ANN401 - gevent has no types
        sock.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES)
        self._sock = sock
        self._protocol = Connection(ConnectionType.SERVER)
        self._parts: list[str] = []
        self._backlog: deque[bytes] = deque()
        self._size = self._backlog_bytes = 0
        self._drainer: Any = None
        self._deadline: Any = None
        self._ending = False

    def send(self, data: bytes) -> None:
        """Send `data`, whole frames, after everything sent before. Never waits, never raises."""
        if not self._ending:
            self._put(data)

    def messages(self) -> Iterator[str]:
        """Yield the client's text messages until the connection is over."""
        while data := self._receive():
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                if isinstance(event, TextMessage):
                    if (message := self._assemble(event)) is not None:
                        yield message
                elif isinstance(event, BytesMessage):
                    self.close(CloseReason.UNSUPPORTED_DATA)
                elif isinstance(event, Ping):
                    self.send(bytes(self._protocol.send(event.response())))
                elif isinstance(event, CloseConnection):
                    self.close(event.code)
                if self._ending:
                    break

    def close(self, code: int = CloseReason.NORMAL_CLOSURE) -> None:
        """Say farewell behind what still waits; cut if that takes longer than `LINGER_SECONDS`."""
        if not self._ending:
            with suppress(LocalProtocolError):
                self._put(bytes(self._protocol.send(CloseConnection(code))))
            self._ending = True
            self._drainer = self._drainer or gevent.spawn(self._drain)
            self._deadline = gevent.spawn_later(LINGER_SECONDS, self.cut)

    def cut(self, reason: str = "") -> None:
        """End the connection now, with a reset, so that the kernel drops its buffers too."""
        self._ending = True
        self._backlog.clear()
        with suppress(OSError):
            self._sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            self._sock.shutdown(SHUT_RDWR)  # wakes reader and drainer
        if reason:
            structlog.get_logger(__name__).info("websocket cut", reason=reason)

    def finish(self) -> None:
        """Leave no greenlet behind; for the reader, before the socket is closed and its number reused."""
        gevent.killall([greenlet for greenlet in (self._drainer, self._deadline) if greenlet is not None])

    def _put(self, data: bytes) -> None:
        try:
            rest = data if self._backlog else data[self._write(data) :]
        except OSError:
            self.cut()
            return
        if rest:
            self._backlog.append(rest)
            self._backlog_bytes += len(rest)
            self._drainer = self._drainer or gevent.spawn(self._drain)
            if self._backlog_bytes > self.max_backlog_bytes:
                self.cut("too slow")

    def _write(self, data: bytes) -> int:
        try:
            return int(self._sock.sendmsg((data,), (), MSG_DONTWAIT))
        except BlockingIOError:
            return 0

    def _drain(self) -> None:
        try:
            while self._backlog:
                if sent := self._write(self._backlog[0]):
                    self._backlog_bytes -= sent
                    if rest := self._backlog.popleft()[sent:]:
                        self._backlog.appendleft(rest)
                else:
                    wait_write(self._sock.fileno(), timeout=self.frozen_after_seconds)
            if self._ending:
                self._sock.shutdown(SHUT_WR)
        except OSError as error:
            self.cut("frozen" if isinstance(error, TimeoutError) else "")
        self._drainer = None

    def _receive(self) -> bytes:
        if self._drainer is not None and self._backlog_bytes > SEND_BUFFER_BYTES and not self._ending:
            self._drainer.join()  # who does not take answers gets no more questions answered
        with suppress(OSError):
            while data := bytes(self._sock.recv(RECEIVE_BYTES)):
                if len(data) == RECEIVE_BYTES:
                    gevent.sleep(0.001)  # under a flood recv never switches, and sleep(0) polls nobody
                if not self._ending:
                    return data  # else read on: unread input would make our close a reset, the farewell lost
        return b""

    def _assemble(self, event: TextMessage) -> str | None:
        self._size += max(1, len(event.data.encode()))  # empty fragments count, or they would never end
        if self._size > self.max_message_bytes:
            self.close(CloseReason.MESSAGE_TOO_BIG)
            return None
        self._parts.append(event.data)
        if not event.message_finished:
            return None
        message, self._parts, self._size = "".join(self._parts), [], 0
        return message


class LiveSocket(engineio.socket.Socket):  # type: ignore[misc] # Engine.IO has no types
    """An Engine.IO session over a `Wire`, without Engine.IO's queue, writer and reader."""

    wire: Wire | None = None

    def send(self, pkt: Any) -> None:  # noqa: ANN401
        """Send one packet, encoded and framed once however many recipients a broadcast has."""
        if self.wire is None:
            super().send(pkt)
        elif self.check_ping_timeout():
            if not hasattr(pkt, "websocket_frame"):
                pkt.websocket_frame = bytes(_FRAMES.send_data(pkt.encode()))
            self.wire.send(pkt.websocket_frame)

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:  # noqa: ANN401, FBT001, FBT002
        """End the session and its connection."""
        super().close(wait=wait and self.wire is None, abort=abort, reason=reason)
        if self.wire is not None:
            self.wire.close()

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401, ARG002
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
        if self.wire or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or not key:
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)
            return self.server._bad_request("Bad websocket handshake")  # noqa: SLF001 - upstream's own way
        self.wire = wire = Wire(environ["gunicorn.socket"])
        self.connected = self.upgraded = True
        try:
            wire.send(_ACCEPT % generate_accept_token(key.encode()))
            while not self.queue.empty():
                self.send(self.queue.get_nowait())
            for message in wire.messages():
                if (packet := _parse(message)) is None:
                    wire.close(CloseReason.UNSUPPORTED_DATA)
                else:
                    self.receive(packet)
        finally:
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            wire.finish()
            self.server.sockets.pop(self.sid, None)
        raise StopIteration  # tells gunicorn that the connection is used up


def _parse(message: str) -> Any:  # noqa: ANN401
    """Return the packet; None if it is none, or binary: upstream collects whatever number is announced."""
    try:
        packet = Packet(encoded_packet=message)
    except (ValueError, RecursionError):
        return None
    if packet.packet_type == MESSAGE:  # connect, disconnect, event, ack
        return packet if isinstance(packet.data, str) and packet.data[:1] in {*"0123"} else None
    return packet if packet.packet_type in {PONG, CLOSE} else None


def install(
    *, max_message_bytes: int = 16_384, frozen_after_seconds: float = 50.0, max_backlog_bytes: int = 4_194_304
) -> None:
    """Put `LiveSocket` in Engine.IO's place, before `SocketIO` is created; a second call sets new limits.

    A client is cut that sends over `max_message_bytes` in one message (close code 1009), takes no byte for
    `frozen_after_seconds`, or has more than `max_backlog_bytes` to read. Raises `UpstreamChangedError`.
    """
    found = {name: version(name) for name in CHECKED}
    changed = [f"{name} {found[name]} (was {was})" for name, was in CHECKED.items() if found[name] != was]
    theirs = LiveSocket.__base__
    changed += [name for name in ("send", "close", "_upgrade_websocket") if not hasattr(theirs, name)]
    if changed:
        msg = f"check hall/live/transport.py again, then update its CHECKED: {', '.join(changed)}"
        raise UpstreamChangedError(msg)
    Wire.max_message_bytes = max_message_bytes
    Wire.frozen_after_seconds = frozen_after_seconds
    Wire.max_backlog_bytes = max_backlog_bytes
    engineio.socket.Socket = LiveSocket
