"""What drivers and visitors need to know of the demo hall: addresses, accounts, fresh tokens."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hall import tokens
from hall.accounts.models import Device, Staff, StaffToken
from hall.accounts.passwords import hash_password
from hall.accounts.roles import Role
from hall.catalog.models import Line, Window, WindowLine
from hall.demo.loading import HALL
from hall.errors import Conflict
from hall.sites import Site
from hall.unit_of_work import Work


def describe(work: Work, command: tuple[Path, str]) -> dict[str, Any]:
    """Fresh tokens for everybody in the demo, and what drivers need to know (contract).

    `command`: the data folder, where the demo's passwords are kept, and the address of the server.
    Raises Conflict for a database that is not the demo's.
    """
    folder, url = command
    session = work.session
    site = session.scalar(select(Site).where(Site.code == HALL.site.code))
    if site is None or not session.scalar(
        select(func.count()).select_from(Staff).where(Staff.demo.is_(True))
    ):
        msg = "This database is in use and is not the demo hall."
        raise Conflict(msg, code="not_demo")
    people = session.scalars(select(Staff).where(Staff.demo.is_(True)).order_by(Staff.id)).all()
    password = _password(folder, session)
    windows = session.scalars(select(Window).where(Window.site_id == site.id).order_by(Window.number)).all()
    lines = session.scalars(select(Line).where(Line.site_id == site.id).order_by(Line.sort)).all()
    codes = {window.id: window.code for window in windows}
    served: dict[int, list[str]] = {window.id: [] for window in windows}
    line_codes = {line.id: line.code for line in lines}
    for row in session.scalars(select(WindowLine).order_by(WindowLine.preferred.desc(), WindowLine.line_id)):
        if row.window_id in served:
            served[row.window_id].append(line_codes[row.line_id])
    return {
        "url": url,
        "site": site.code,
        "kiosk": {"token": _device_token(work, site, Role.KIOSK)},
        "screen": {"token": _device_token(work, site, Role.SCREEN)},
        "staff": [
            {
                "user": person.user,
                "password": password,
                "token": _staff_token(work, person),
                "role": person.role,
                "window": codes.get(person.window_id or 0),
            }
            for person in people
        ],
        "lines": [{"code": line.code, "prefix": line.prefix, "name": line.name} for line in lines],
        "windows": [{"code": window.code, "lines": served[window.id]} for window in windows],
    }


def _password(folder: Path, session: Session) -> str:
    """The demo's password: made once, kept in the data folder, never in the repository."""
    path = folder / "demo-password.json"
    if path.exists():
        return str(json.loads(path.read_text(encoding="utf-8"))["password"])
    password = f"hall-{secrets.token_hex(4)}"
    hashed = hash_password(password)
    for person in session.scalars(select(Staff).where(Staff.demo.is_(True))):
        person.password_hash = hashed
    path.touch(mode=0o600)
    path.write_text(json.dumps({"password": password}), encoding="utf-8")
    return password


def _staff_token(work: Work, person: Staff) -> str:
    token = tokens.secret_token()
    work.session.add(StaffToken(staff_id=person.id, digest=tokens.digest(token), made_at=work.now))
    return token


def _device_token(work: Work, site: Site, role: Role) -> str:
    """A further device of the demo with a token of its own; earlier ones stay good."""
    token = tokens.secret_token()
    work.session.add(
        Device(
            site_id=site.id,
            role=role.value,
            name=f"demo {role.value}",
            token_digest=tokens.digest(token),
            enrolled_at=work.now,
            demo=True,
        )
    )
    return token
