"""Which pages may open the live channel: those of the hall, at each of its addresses, and no stranger's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

if TYPE_CHECKING:
    from tests.conftest import StartHall
    from tests.servers import LiveHall

PUBLIC = "https://hall.example"


def status(hall: LiveHall, origin: str | None) -> int:
    address = f"ws://127.0.0.1:{hall.port}/socket.io/?EIO=4&transport=websocket"
    try:
        with connect(address, origin=Origin(origin) if origin else None) as socket:
            assert str(socket.recv(timeout=30)).startswith("0{"), "The server greets with its settings."
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.engines("sqlite")
def test_E2_the_live_channel_is_open_to_the_halls_own_pages_at_all_its_addresses(
    start_hall: StartHall,
) -> None:
    hall = start_hall(PUBLIC_URL=PUBLIC)
    assert status(hall, hall.url) == 101, "Kiosks and consoles use the address inside the house."
    assert status(hall, PUBLIC) == 101, "Phones use the public address."
    assert status(hall, None) == 101, "Programs send no origin."
    for stranger in ("https://stranger.example", "null", f"http://127.0.0.1:{hall.port + 1}", "http://"):
        assert status(hall, stranger) == 400
