"""One address may hold many live connections, but not all."""

from __future__ import annotations

from typing import Any

import pytest

from config import Config, ConfigError
from hall.live.crowd import Crowd
from hall.networks import network_of


def asking(address: str, upgrade: str = "websocket") -> dict[str, Any]:
    return {"REMOTE_ADDR": address, "HTTP_UPGRADE": upgrade}


def test_one_address_may_not_take_every_connection() -> None:
    told: list[str] = []

    def answer(status: str, _headers: list[tuple[str, str]]) -> None:
        told.append(status)

    def inner(_environ: dict[str, Any], _answer: object) -> list[bytes]:
        """While the second connection is open, others come from the same and from another address."""
        if len(crowd.open) == 1 and crowd.open["hall"] == 1:
            return list(crowd(asking("hall"), answer))
        if crowd.open["hall"] == 2 and not told:
            refused = list(crowd(asking("hall"), answer))
            assert b"too_many_sockets" in refused[0] and told == ["429 Too Many Requests"]
            assert list(crowd(asking("home"), answer)) == [b"in"], "Another address is not to blame."
            assert list(crowd(asking("hall", ""), answer)) == [b"in"], (
                "Plain requests have limits of their own."
            )
        return [b"in"]

    crowd = Crowd(inner, 2)
    assert list(crowd(asking("hall"), answer)) == [b"in"]
    assert told and not crowd.open, "What is closed no longer counts."
    assert list(crowd(asking("hall"), answer)) == [b"in"]


def test_a_house_with_a_network_of_version_6_counts_as_one_address() -> None:
    told: list[str] = []

    def inner(_environ: dict[str, Any], _answer: object) -> list[bytes]:
        """While one connection is open, others come from the same network, and from another."""
        if not told:
            told.append("open")
            again = asking("2001:db8:0:1:ffff::9")
            assert b"too_many" in next(iter(crowd(again, lambda status, _headers: told.append(status))))
            assert list(crowd(asking("2001:db8:0:2::1"), print)) == [b"in"]
            assert list(crowd(asking("192.0.2.1"), print)) == [b"in"]
        return [b"in"]

    crowd = Crowd(inner, 1)
    assert list(crowd(asking("2001:db8:0:1::1"), print)) == [b"in"]
    assert told == ["open", "429 Too Many Requests"] and not crowd.open


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("", ""),
        ("somewhere", "somewhere"),
    ],
)
def test_of_version_6_the_network_counts(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_limit_can_be_set_and_leaves_room_for_a_hall_full_of_phones(tmp_path: Any) -> None:
    assert Config.from_env({"HALL_DATA": str(tmp_path)}).sockets_per_address >= 5_000
    given = Config.from_env({"HALL_DATA": str(tmp_path), "SOCKETS_PER_ADDRESS": "50"})
    assert given.sockets_per_address == 50
    with pytest.raises(ConfigError, match="SOCKETS_PER_ADDRESS"):
        Config.from_env({"HALL_DATA": str(tmp_path), "SOCKETS_PER_ADDRESS": "0"})
