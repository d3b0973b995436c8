"""Devices without a printer say that they are there, so that the floor page misses those that fell silent (Q14)."""

from __future__ import annotations

from dataclasses import dataclass

from hall import facts
from hall.accounts.models import Device
from hall.floor import rules
from hall.sites import Site
from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Here:
    """The caller is at work."""


def here(work: Work, _command: Here) -> bool:
    """Keep that a device was heard of; only its first word, and its first after a silence, is a fact.

    Answers whether it is a screen that shall be quiet (Q12).
    """
    device = work.session.get_one(Device, work.actor.id)
    back = device.seen_at is None or rules.is_silent(device.seen_at, work.now)
    device.seen_at = work.now
    work.session.flush()
    if not back:
        return device.quiet
    site = work.session.get_one(Site, device.site_id)
    work.record(
        facts.DeviceReported(
            site_id=site.id,
            site=site.code,
            account=work.actor.key,
            device_id=device.id,
            what="ready",
        )
    )
    return device.quiet
