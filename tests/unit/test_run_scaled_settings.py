"""`make run-scaled` and a real machine have the same nginx in front; what is missing is said with its package."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hall.scaled import __main__ as scaled
from hall.scaled import programs, proxy
from tests.postgres import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_the_settings_for_a_machine_are_what_the_template_makes() -> None:
    kept = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    assert kept == proxy.Site().text(), (
        "Change deploy/nginx.conf.jinja, then: "
        'python -c "from hall.scaled.proxy import Site; print(Site().text(), end=str())" > deploy/nginx.conf'
    )


def test_several_processes_are_taken_by_least_connections_and_sockets_pass_untouched() -> None:
    text = proxy.Site(servers=("127.0.0.1:1", "127.0.0.1:2"), listen="127.0.0.1:9").text()
    assert "    least_conn;" in text
    assert re.findall(r"^    server (\S+)", text, re.MULTILINE) == ["127.0.0.1:1", "127.0.0.1:2"]
    assert "ip_hash" not in text
    assert "ssl" not in text
    for line in (
        "Upgrade $http_upgrade",
        'Sec-WebSocket-Extensions ""',
        "proxy_buffering off",
        "access_log off",
    ):
        assert line in text


def test_what_is_missing_is_said_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "PACKAGES", {"no-such-program": "its-package", "sh": "dash"})
    monkeypatch.setattr(sys, "argv", ["scaled"])
    with pytest.raises(SystemExit) as said:
        scaled.main()
    assert said.value.code == "Missing: its-package. As root: apt-get install -y its-package"


@pytest.mark.parametrize("words", [["--processes", "0"], ["--port", "many"]])
def test_nonsense_ends_with_one_line(words: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hall.scaled", "--folder", str(tmp_path / "new"), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert not (tmp_path / "new").exists()


def test_the_settings_for_containers_are_what_the_template_makes() -> None:
    made = proxy.Site(
        servers=("hall-1:8000", "hall-2:8000"),
        listen="8080",
        behind=proxy.PRIVATE,
        purpose="Of deploy/compose.yaml.",
    ).text()
    assert (ROOT / "deploy" / "compose-nginx.conf").read_text("utf-8") == made


def test_units_of_several_processes_prepare_once_and_take_their_ports_from_their_names() -> None:
    process = (ROOT / "deploy" / "hall@.service").read_text("utf-8")
    assert "Requires=hall-prepare.service" in process
    assert "systemctl restart hall-prepare" in process, "it stays active: starting it again does nothing"
    assert "PORT=%i" in process and "-m gunicorn" in process
    assert "hall.serving" not in process, "it would migrate in each process"
    prepare = (ROOT / "deploy" / "hall-prepare.service").read_text("utf-8")
    assert "Type=oneshot" in prepare and "hall prepare" in prepare
