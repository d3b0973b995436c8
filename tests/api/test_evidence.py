"""Evidence of findings: what it is by its content, how large it may be, where it lies, who gets it (M7)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.cases_at_work import at
from tests.findings_at_work import Findings, packed, photo
from tests.rota_at_work import API, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from config import Config

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
MEGABYTE = 1024 * 1024


@pytest.fixture
def ledger(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Findings]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield Findings(mondays)


@pytest.fixture
def key(ledger: Findings) -> int:
    found = ledger.find()
    ledger.assign(found)
    return found


def served(ledger: Findings, key: int, number: int, who: str = "manager") -> Any:
    headers = {"Authorization": f"Bearer {ledger.mondays.tokens[who]}"}
    return ledger.mondays.client.get(f"/receptions/findings/{key}/evidence/{number}", headers=headers)


class Endless(io.RawIOBase):
    """A body of any length that counts how much of it was read."""

    def __init__(self, size: int) -> None:
        self.left, self.given = size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.left)
        buffer[:count] = b"\xff" * count
        self.left, self.given = self.left - count, self.given + count
        return count


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("said", [True, False], ids=["of a said length", "in pieces"])
def test_M7_a_photo_of_40_megabytes_is_refused_before_it_is_read(
    ledger: Findings, key: int, said: bool
) -> None:
    body = Endless(40 * MEGABYTE)
    length = {"CONTENT_LENGTH": str(40 * MEGABYTE)} if said else {"wsgi.input_terminated": True}
    environ: dict[str, Any] = {"wsgi.input": body, **length}
    answer = ledger.mondays.client.post(
        f"{API}/findings/{key}/evidence",
        headers={"Authorization": f"Bearer {ledger.mondays.tokens['liaison1']}"},
        environ_overrides=environ,
    )
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")
    assert "8 MB" in answer.get_json()["detail"]
    assert body.given <= (0 if said else 9 * MEGABYTE)
    assert ledger.read(key)["evidence"] == []


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + b"\0" * 200,
        b"\x7fELF" + b"\0" * 200,
        b"#!/bin/sh\nexit\n",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff" + b"not a picture" * 9,
        photo("JPEG", size=(900, 900))[:400],
        packed("setup.exe"),
        packed("word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04 broken",
        b"",
    ],
    ids=[
        "exe",
        "elf",
        "script",
        "html",
        "svg",
        "half a sign",
        "cut off",
        "zip",
        "macros",
        "broken",
        "nothing",
    ],
)
def test_M7_an_executable_with_another_name_is_refused_by_its_content(
    ledger: Findings, key: int, config: Config, content: bytes
) -> None:
    answer = ledger.add(key, content, name="现场.jpg")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_file")
    assert ledger.read(key)["evidence"] == []
    folder = config.data / "evidence"
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_M7_a_photo_is_drawn_anew_without_place_and_camera(
    ledger: Findings, key: int, config: Config, kind: str
) -> None:
    given = photo(kind, placed=True)
    assert b"SecretCamera" in given
    assert ledger.add(key, given).status_code == 200
    (file,) = ledger.read(key)["evidence"]
    kept = (config.data / "evidence" / file["digest"]).read_bytes()
    assert b"SecretCamera" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (60, 40)


@pytest.mark.engines("sqlite")
def test_M7_a_large_photo_becomes_a_small_one(ledger: Findings, key: int) -> None:
    answer = ledger.add(key, photo(size=(4000, 3000)))
    number = answer.get_json()["evidence"]
    with Image.open(io.BytesIO(served(ledger, key, number).data)) as picture:
        assert max(picture.size) <= 2560


@pytest.mark.engines("sqlite")
def test_M7_a_bomb_of_pixels_is_refused(ledger: Findings, key: int) -> None:
    assert ledger.add(key, photo("PNG", size=(9000, 9000))).status_code == 413


@pytest.mark.engines("sqlite")
def test_M7_files_are_given_as_files_and_only_to_those_concerned(ledger: Findings, key: int) -> None:
    for content, kind, end in (
        (photo(), "image/jpeg", "jpg"),
        (PDF, "application/pdf", "pdf"),
        (packed("[Content_Types].xml", "word/document.xml"), "application/vnd.openxml", "docx"),
    ):
        number = ledger.add(key, content, name="../../现场 1.exe").get_json()["evidence"]
        answer = served(ledger, key, number)
        assert answer.status_code == 200
        assert answer.content_type.startswith(kind)
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment;" if end != "jpg" else "inline;")
        assert f".{end}" in said
        assert ".exe" not in said
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert served(ledger, key, number, "head2").status_code == 404
        assert ledger.mondays.client.get(f"/receptions/findings/{key}/evidence/{number}").status_code == 302
    other = ledger.find()
    assert served(ledger, other, 1).status_code == 404


@pytest.mark.engines("sqlite")
def test_M7_the_same_file_twice_is_kept_once_and_not_more_than_twelve(ledger: Findings, key: int) -> None:
    first, again = (ledger.add(key, photo()).get_json()["evidence"] for _ in range(2))
    assert first == again
    for tint in range(11):
        assert ledger.add(key, photo(tint=tint * 20)).status_code == 200
    answer = ledger.add(key, photo(tint=255))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "too_many")
