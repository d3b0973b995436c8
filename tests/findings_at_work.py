"""A ledger of findings for tests: directors' Mondays with a second manager, files of every kind, the usual steps."""

from __future__ import annotations

import io
import secrets
import zipfile
from typing import TYPE_CHECKING, Any

from PIL import Image
from sqlalchemy import select

from hall import tokens
from hall.accounts.models import Staff, StaffToken
from hall.clock import now
from hall.sites import Site
from hall.unit_of_work import units
from tests.rota_at_work import API, CODE, Mondays

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

BELL = {"title": "取号机纸张用完无人更换", "detail": "上午九点到十点。", "source": "sit"}


def photo(
    kind: str = "JPEG", *, size: tuple[int, int] = (60, 40), placed: bool = False, tint: int = 90
) -> bytes:
    """A photo; `placed` ones say where and by which camera they were taken."""
    picture, exif = Image.new("RGB", size, (tint, 120, 60)), Image.Exif()
    if placed:
        exif[0x010F] = "SecretCamera"
        exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 20.0, 34.0), 3: "E", 4: (114.0, 44.0, 24.0)})
    out = io.BytesIO()
    picture.save(out, kind, **({"exif": exif} if placed else {}))
    return out.getvalue()


def packed(*names: str) -> bytes:
    """An archive with files of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def add_manager(mondays: Mondays, user: str = "second") -> None:
    """Another manager, who verifies and signs off what the first one did."""

    def add(session: Any) -> None:
        site = session.scalar(select(Site).where(Site.code == "xixian"))
        row = Staff(
            site_id=site.id,
            user=user,
            name="李主任",
            role="manager",
            password_hash="none",
            session_nonce=tokens.new_nonce(),
        )
        session.add(row)
        session.flush()
        token = secrets.token_urlsafe(24)
        session.add(StaffToken(staff_id=row.id, name="", digest=tokens.digest(token), made_at=now()))
        mondays.tokens[user] = token

    with mondays.client.application.app_context():
        units().run(add)


class Findings:
    """Steps of the ledger through the interface."""

    def __init__(self, mondays: Mondays) -> None:
        self.mondays = mondays
        add_manager(mondays)

    def find(self, who: str = "head0", **values: Any) -> int:
        """Enter a problem; answers its key."""
        body = {**BELL, **values}
        return int(self.mondays.must("POST", f"/sites/xixian/rotas/{CODE}/findings", body, who)["finding"])

    def assign(self, key: int, owner: str = "局长1", days: int = 5) -> dict[str, Any]:
        """To a department and a person there."""
        body = {"owner": self.mondays.people()[owner], "days": days}
        done: dict[str, Any] = self.mondays.must("POST", f"/findings/{key}/assign", body)
        return done

    def add(self, key: int, content: bytes, who: str = "liaison1", name: str = "现场.jpg") -> TestResponse:
        """Add a file."""
        headers = {"Authorization": f"Bearer {self.mondays.tokens[who]}"}
        return self.mondays.client.post(
            f"{API}/findings/{key}/evidence", query_string={"name": name}, data=content, headers=headers
        )

    def step(self, key: int, verb: str, who: str = "manager", **body: Any) -> dict[str, Any]:
        """One step, which must go well."""
        done: dict[str, Any] = self.mondays.must("POST", f"/findings/{key}/{verb}", body, who)
        return done

    def code(self, key: int, verb: str, who: str = "manager", **body: Any) -> str:
        """Why it was refused."""
        return self.mondays.code(f"/findings/{key}/{verb}", body, who)

    def read(self, key: int, who: str = "manager") -> dict[str, Any]:
        """The finding with its history."""
        found: dict[str, Any] = self.mondays.must("GET", f"/findings/{key}", who=who)
        return found

    def rectified(self, **values: Any) -> int:
        """One that its department says is put right."""
        key = self.find(**values)
        self.assign(key)
        assert self.add(key, photo()).status_code == 200
        self.step(key, "rectify", "liaison1", note="已安排专人巡检换纸。")
        return key
