"""What must never be taken in, sent to every address that takes a file: refused in words, and nothing of it kept."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import at
from tests.findings_at_work import Findings
from tests.pages.premises import Manager
from tests.pages.test_every_form import UPLOADS
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from config import Config

MEGABYTE = 1024 * 1024
HUGE = 21 * MEGABYTE
MOST_MEMORY = 48 * MEGABYTE
BOUNDARY = "a-boundary-that-no-file-holds"
API = "/api/v1/findings/{key}/evidence"
ADDRESSES = sorted({address for addresses in UPLOADS.values() for address in addresses})


def packed(**parts: bytes) -> bytes:
    """An archive with these parts, and what makes it look like a workbook and a letter."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return held.getvalue()


ZEROS = b"\0" * (200 * MEGABYTE)
BAD = {
    "an executable": b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\0" * 300,
    "a program of this system": b"\x7fELF\x02\x01\x01" + b"\0" * 300,
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a bomb as a workbook": packed(xl__worksheets__sheet1_xml=ZEROS),
    "a bomb as a letter": packed(word__document_xml=ZEROS),
    "an archive of something else": packed(readme=b"nothing"),
    "no UTF-8": "编号,名称\n".encode("utf-16"),
    "nothing readable": bytes(range(128, 256)) * 4,
}
del ZEROS


class Stream(io.RawIOBase):
    """A body of any length that counts how much of it was read."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self.head, self.left, self.tail, self.given = head, size, tail, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.head:
            part, self.head = self.head[: len(buffer)], self.head[len(buffer) :]
        elif self.left:
            part = b"x" * min(len(buffer), self.left)
            self.left -= len(part)
        else:
            part, self.tail = self.tail[: len(buffer)], self.tail[len(buffer) :]
        buffer[: len(part)] = part
        self.given += len(part)
        return len(part)


class Place:
    """The manager before every form that takes a file, in a hall with a finding."""

    def __init__(self, app: Flask, client: FlaskClient, demo: dict[str, Any]) -> None:
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        ledger = Findings(mondays)
        self.key = ledger.find()
        ledger.assign(self.key)
        self.browser = app.test_client()
        self.token = Manager.token(Manager(app, self.browser, demo).get("staff/new").text)
        self.bearer = next(row["token"] for row in demo["staff"] if row["role"] == "manager")

    def send(self, address: str, content: bytes, name: str) -> TestResponse:
        path = address.format(key=self.key)
        if address == API:
            headers = {"Authorization": f"Bearer {self.bearer}"}
            return self.browser.post(path, data=content, headers=headers, query_string={"name": name})
        fields = ("file", "evidence-file")
        form = {field: (io.BytesIO(content), name) for field in fields}
        return self.browser.post(path, data={"csrf_token": self.token, **form})

    def pour(self, address: str, body: Stream, size: int | None) -> TestResponse:
        """Send a body as it comes, of a said length or in pieces."""
        length = {"CONTENT_LENGTH": str(size)} if size else {"wsgi.input_terminated": True}
        kind = "application/octet-stream" if address == API else f"multipart/form-data; boundary={BOUNDARY}"
        headers = {"Authorization": f"Bearer {self.bearer}"} if address == API else {}
        environ: dict[str, Any] = {"wsgi.input": body, "CONTENT_TYPE": kind, **length}
        return self.browser.post(address.format(key=self.key), headers=headers, environ_overrides=environ)


@pytest.fixture
def place(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Iterator[Place]:
    with at(EARLY):
        yield Place(app, client, demo)


def kept(folder: Path) -> set[Path]:
    """Files of the data folder, but the database's own."""
    return {path for path in folder.rglob("*") if path.is_file() and "sqlite3" not in path.name}


def refused(answer: TestResponse, what: str) -> None:
    assert answer.status_code in {413, 422}, f"{what}: {answer.status_code}, to be refused with 413 or 422"
    if answer.request.path.startswith("/api/"):
        assert answer.content_type == "application/problem+json", what
        said = answer.get_json()
        assert said["status"] == answer.status_code and said["detail"] and said["code"], what
    else:
        assert answer.mimetype == "text/html", what
        page = answer.text.split('id="main"')[1]
        assert 'class="note' in page or "wrong-text" in page or "<h1" in page, f"{what}: not a word about it"


@pytest.mark.parametrize("address", [*ADDRESSES, API])
def test_what_must_not_be_taken_in_is_refused_in_words_and_nothing_of_it_is_kept(
    place: Place, config: Config, address: str
) -> None:
    before = kept(config.data)
    for what, content in BAD.items():
        for name in ("list.xlsx", "photo.jpg"):
            tracemalloc.start()
            answer = place.send(address, content, name)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            refused(answer, f"{what} as {name} to {address}")
            assert peak < MOST_MEMORY, f"{what} to {address} took {peak // MEGABYTE} MB"
    assert kept(config.data) == before, "What was refused leaves no file behind."


@pytest.mark.engines("sqlite")
@pytest.mark.filterwarnings("ignore:[Uu]nclosed file:ResourceWarning")  # begun by werkzeug, left to Python
@pytest.mark.parametrize("said", [True, False], ids=["of a said length", "in pieces"])
@pytest.mark.parametrize("address", [*ADDRESSES, API])
def test_a_file_of_more_than_20_megabytes_is_refused_before_it_is_read(
    place: Place, address: str, said: bool
) -> None:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{place.token}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    head, tail = (b"", b"") if address == API else (head, tail)
    body = Stream(head, HUGE, tail)
    answer = place.pour(address, body, len(head) + HUGE + len(tail) if said else None)
    refused(answer, f"21 MB to {address}")
    assert answer.status_code == 413
    assert body.given < HUGE // 2, f"{body.given // MEGABYTE} MB of it were read"
