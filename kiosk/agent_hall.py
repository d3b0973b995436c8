"""The hall's server as the print agent sees it: a handful of HTTP calls with the device's token."""

from __future__ import annotations

import json
import logging
import os
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.printer_status import PrinterStatus

log = logging.getLogger("kiosk.agent")
TIMEOUT = (5, 15)  # seconds to connect, seconds without a byte
READY_TIMEOUT = (2, 4)
REDIRECT, BAD, UNKNOWN, TOO_MANY, SERVER_ERROR = 300, 400, 401, 429, 500


class HallAway(Exception):
    """No useful answer now: network, server error, too many requests, a token that doesn't count."""


class HallFailed(HallAway):
    """The server stumbled over this very request; others may go well."""


class HallRefused(Exception):
    """The hall understood and said no; asking again changes nothing."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this agent is to the hall; `device` is its code there."""

    server: str
    device: str
    site: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class JobList:
    """The jobs that wait for this printer, oldest first; `version` None where the server gave none."""

    jobs: tuple[str, ...]
    version: int | None

    @classmethod
    def read(cls, answer: dict[str, Any]) -> JobList:
        """From the state of topic `printer:{device}` or the answer to `GET …/print-jobs`."""
        version = answer.get("version")
        return cls(
            tuple(str(job["id"]) for job in answer["jobs"]), int(version) if version is not None else None
        )


class Hall:
    """The calls; each raises HallAway or HallRefused."""

    def __init__(self, server: str, token: str = "", authority: str | None = None) -> None:
        """For the server's address; `authority`: a file of certificates to trust instead of the system's."""
        self.server = server.rstrip("/")
        self._api = self.server + "/api/v1"
        self._session = http_session(authority)
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def enrol(self, code: str) -> dict[str, str]:
        """Trade the short code from the admin page for an identity: device, kind, site, token."""
        return _object(self._call("POST", "/devices/enrol", {"code": code}, key=secrets.token_hex(16)))

    def jobs(self, device: str) -> JobList:
        """The waiting jobs, for when the live channel is down."""
        answer = _object(self._call("GET", f"/devices/{quote(device, safe='')}/print-jobs"))
        try:
            return JobList.read(answer)
        except (KeyError, TypeError, ValueError):
            message = "a list of jobs that is none"
            raise HallAway(message) from None

    def slip(self, job: str, width_dots: int) -> bytes:
        """A job's picture."""
        return self._call("GET", f"/print-jobs/{quote(job, safe='')}/slip.png?width={width_dots}").content

    def printed(self, job: str, *, uncertain: bool) -> None:
        """The slip is out; the body never changes for a job, so that the job's own key can be used."""
        body = {"uncertain": True} if uncertain else {}
        self._call("POST", f"/print-jobs/{quote(job, safe='')}/printed", body, key=job)

    def failed(self, job: str, problem: str, key: str) -> None:
        """The slip waits, and why."""
        self._call("POST", f"/print-jobs/{quote(job, safe='')}/failed", {"problem": problem}, key=key)

    def status(self, device: str, status: PrinterStatus) -> None:
        """How the printer is."""
        body = {"paper": status.paper, "cover": status.cover, "online": status.online and not status.fault}
        self._call("POST", f"/devices/{quote(device, safe='')}/status", body, key=secrets.token_hex(16))

    def ready(self) -> bool:
        """Whether the server and its database answer; asked every two seconds, so it is given little time."""
        try:
            answer = self._session.get(self.server + "/readyz", timeout=READY_TIMEOUT, allow_redirects=False)
        except requests.RequestException:
            return False
        return answer.status_code < REDIRECT

    def kit(self, device: str, memory: str, *, settled: bool) -> dict[str, Any]:
        """Everything needed to draw alone; numbers are reserved by it (Q9)."""
        body = {"memory": memory, "settled": settled}
        path = f"/devices/{quote(device, safe='')}/kit"
        return _object(self._call("POST", path, body, key=secrets.token_hex(16)))

    def hand_in(self, device: str, memory: str, papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Hand in what was printed alone, in order; each paper carries its own key."""
        body = {"memory": memory, "papers": papers}
        path = f"/devices/{quote(device, safe='')}/printed-tickets"
        answer = _object(self._call("POST", path, body, key=secrets.token_hex(16)))
        return [dict(paper) for paper in answer["papers"]]

    def aside(self, device: str, papers: list[dict[str, str]]) -> set[str]:
        """Tell staff of papers that were not taken; answers the keys of those that they are told of."""
        path = f"/devices/{quote(device, safe='')}/papers-aside"
        answer = _object(self._call("POST", path, {"papers": papers}, key=secrets.token_hex(16)))
        return set(answer.get("kept", [paper["key"] for paper in papers]))  # a hall of before names none

    def fetch(self, path: str) -> tuple[bytes, str]:
        """A file of the server and its type."""
        answer = self._call("GET", path, at=self.server)
        return answer.content, answer.headers.get("Content-Type", "application/octet-stream")

    def _call(
        self, method: str, path: str, body: object = None, key: str = "", at: str = ""
    ) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = self._session.request(
                method,
                (at or self._api) + path,
                json=body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as problem:
            raise HallAway(problem.__class__.__name__) from None
        code, known = answer.status_code, "Authorization" in self._session.headers
        message = f"{method} {path.partition('?')[0]}: {code}"
        if code == SERVER_ERROR:
            raise HallFailed(message)
        if code >= SERVER_ERROR or code == TOO_MANY or REDIRECT <= code < BAD or (code == UNKNOWN and known):
            raise HallAway(message)
        if code >= BAD:
            raise HallRefused(message)
        return answer


def _object(answer: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer; whoever answers with anything else is not the hall."""
    try:
        return dict(answer.json())
    except (ValueError, TypeError):
        message = "an answer that is no JSON object"
        raise HallAway(message) from None


def http_session(authority: str | None) -> requests.Session:
    """A session that asks no proxy of the environment for a machine in the same building."""
    session = requests.Session()
    session.trust_env = False
    if authority:
        session.verify = authority
    return session


def load_identity(folder: Path, server: str) -> Identity | None:
    """Who the agent was last time with this server, if ever."""
    path = folder / "identity.json"
    if not path.exists():
        return None
    known = Identity(**json.loads(path.read_text(encoding="utf-8")))
    return known if known.server == server else None


def enrol(folder: Path, server: str, code: str, authority: str | None) -> Identity:
    """Enrol and keep the identity, readable by its owner alone."""
    answer = Hall(server, authority=authority).enrol(code)
    identity = Identity(server, str(answer["device"]), str(answer["site"]), str(answer["token"]))
    fresh = folder / "identity.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(identity), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / "identity.json")
    return identity
