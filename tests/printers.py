"""Printers for tests: enrolled devices of a hall, with a kiosk that prints there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from config import Config
from hall import clock, tokens
from hall.accounts.actions import CODE_LIFE
from hall.accounts.models import Device

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.servers import Prepared

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class TestPrinter:
    """An enrolled printer. `headers` carry its token; `kiosk` is the device that prints there, or 0."""

    id: int
    kiosk: int
    token: str

    __test__ = False

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def give_code(prepared: Prepared, printer: TestPrinter, code: str) -> None:
    """As the device page does: a short code with which the printer's agent enrols."""
    key = Config.from_env(
        {"HALL_DATA": str(prepared.data), "DATABASE_URL": prepared.database_url}
    ).keys.tokens
    engine = create_engine(prepared.database_url)
    with Session(engine) as session:
        device = session.get_one(Device, printer.id)
        device.code_digest, device.code_until = tokens.code_digest(key, code), clock.now() + CODE_LIFE
        session.commit()
    engine.dispose()


def add_printer(database_url: str, kiosk_token: str | None = None, name: str = "一楼取号机") -> TestPrinter:
    """A printer of the demo hall; the kiosk with this token prints there."""
    engine = create_engine(database_url)
    token = tokens.secret_token()
    with Session(engine) as session:
        site_id = session.scalar(select(Device.site_id)) or 1
        printer = Device(
            site_id=site_id,
            role="printer",
            name=name,
            token_digest=tokens.digest(token),
            enrolled_at=clock.now(),
        )
        session.add(printer)
        session.flush()
        kiosk = session.scalar(
            select(Device).where(Device.token_digest == tokens.digest(kiosk_token or "none"))
        )
        if kiosk:
            kiosk.printer_id = printer.id
        made = TestPrinter(printer.id, kiosk.id if kiosk else 0, token)
        session.commit()
    engine.dispose()
    return made


def join_kiosks(database_url: str, printer_id: int | None) -> None:
    """All kiosks of the hall print there (None: nowhere)."""
    engine = create_engine(database_url)
    with Session(engine) as session:
        session.execute(update(Device).where(Device.role == "kiosk").values(printer_id=printer_id))
        session.commit()
    engine.dispose()


class Agent:
    """What a printer's agent says, without the agent."""

    def __init__(self, client: FlaskClient, printer: TestPrinter) -> None:
        self.client, self.printer = client, printer

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"{API}/{path}", headers=self.printer.headers)

    def post(self, path: str, body: dict[str, Any], key: str | None = None) -> TestResponse:
        headers = {**self.printer.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(f"{API}/{path}", json=body, headers=headers)

    def jobs(self) -> list[str]:
        listed: dict[str, Any] = self.get(f"devices/{self.printer.id}/print-jobs").get_json()
        return [job["id"] for job in listed["jobs"]]

    def says(self, paper: str = "ok", cover: str = "closed", *, online: bool = True) -> TestResponse:
        body = {"paper": paper, "cover": cover, "online": online}
        return self.post(f"devices/{self.printer.id}/status", body)
