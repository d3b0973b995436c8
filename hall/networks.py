"""Whose address it is: what is limited by address counts a subscriber, not each number that a subscriber may take."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

NETWORK_BITS = 64  # of an address of version 6: the rest is the subscriber's own choice, and changes at will


def network_of(address: str) -> str:
    """The address as it is; of version 6 its network, for a house has more addresses than there are people."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, NETWORK_BITS), strict=False))
