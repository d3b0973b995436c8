"""What stands in deploy/ fits the product and itself, where neither Docker nor a systemd is running.

Files that are copied, commands, settings, volumes, ports and folders are looked up where they must be; systemd's own
look at its units is asked for where it is installed.
"""

from __future__ import annotations

import ast
import configparser
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from hall.cli import hall_commands
from hall.scaled import programs
from hall.scaled.proxy import CONNECTIONS, OPEN_FILES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
HOME = "/var/lib/hall"
PHONES = 5_000
OF_PYTHON = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
PROGRAM = "/srv/hall/.venv/bin/"


def settings() -> set[str]:
    """Those of the administrator's guide, which another test holds against the code."""
    guide = (ROOT / "docs/operations.md").read_text("utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)` \|", guide, re.MULTILINE)) | OF_PYTHON


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def dockerfile() -> list[tuple[str, str]]:
    """Instruction and the rest of its line."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def image_environment() -> dict[str, str]:
    return dict(
        pair.split("=", 1) for name, rest in dockerfile() if name == "ENV" for pair in shlex.split(rest)
    )


def runs(words: list[str]) -> None:
    """A command of ours that exists: a module that can be run, or one of `flask hall`."""
    program, *rest = words
    if PurePosixPath(program).name == "flask":
        assert rest[:3] == ["--app", "wsgi", "hall"], words
        assert rest[3] in hall_commands.commands, f"`flask hall {rest[3]}` does not exist: {words}"
        return
    assert (PurePosixPath(program).name, rest[0]) == ("python", "-m"), words
    assert importlib.util.find_spec(rest[1]), f"There is no module {rest[1]}: {words}"


def test_everything_that_the_image_copies_is_there_and_nothing_that_runs_is_left_out() -> None:
    copied = {
        source.rstrip("/") for name, rest in dockerfile() if name == "COPY" for source in rest.split()[:-1]
    }
    assert copied and all((ROOT / source).exists() for source in copied), copied
    seen = [ROOT / "wsgi.py", ROOT / "config.py", ROOT / "gunicorn.conf.py"]
    seen += [*(ROOT / "hall").rglob("*.py"), *(ROOT / "kiosk").rglob("*.py")]
    wanted = {"gunicorn.conf.py", "requirements.lock", "static", "templates", "wsgi.py"}
    for path in seen:
        wanted |= {
            name for name in imported(path) if (ROOT / name).is_dir() or (ROOT / f"{name}.py").exists()
        }
    missing = {name for name in wanted if not {name, f"{name}.py"} & copied}
    assert not missing, f"The product imports or reads what the image does not hold: {missing}"


def imported(path: Path) -> set[str]:
    """The roots of what a module imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_image_runs_as_its_own_user_with_a_folder_of_its_own_alone() -> None:
    steps = dockerfile()
    names = [name for name, _rest in steps]
    (base,) = [rest for name, rest in steps if name == "FROM"]
    asked = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert asked and base == f"python:{asked[1]}-slim-bookworm"
    (user,) = [rest for name, rest in steps if name == "USER"]
    assert user != "root" and names.index("USER") < names.index("CMD")
    made = next(rest for name, rest in steps if name == "RUN" and "useradd" in rest)
    assert f"--home-dir {HOME} --create-home {user}" in made
    assert f"chmod 700 {HOME}" in made, "Keys, recordings and files are for their owner alone."
    environment = image_environment()
    assert set(environment) <= settings() and environment["HALL_DATA"] == HOME
    assert (environment["BIND"], environment["BEHIND_PROXY"]) == ("0.0.0.0", "1")  # noqa: S104
    installs = [rest for name, rest in steps if name == "RUN" and "pip install" in rest]
    assert all("--require-hashes" in rest for rest in installs) and installs
    (command,) = [ast.literal_eval(rest) for name, rest in steps if name == "CMD"]
    runs(command)
    assert (ROOT / "gunicorn.conf.py").read_text("utf-8").count('wsgi_app = "wsgi:create_app()"') == 1


def test_the_image_backs_up_the_database_of_the_compose_file() -> None:
    steps = [rest for name, rest in dockerfile() if name == "RUN" and "apt-get install" in rest]
    (client,) = {word for rest in steps for word in rest.split() if word.startswith("postgresql-client")}
    server = compose()["services"]["database"]["image"]
    assert client.rpartition("-")[2] == server.rpartition(":")[2], (
        "pg_restore of a newer version sets what an older server does not know, and nothing is restored."
    )


def test_the_services_of_the_compose_file_fit_together() -> None:
    whole = compose()
    services: dict[str, dict[str, Any]] = whole["services"]
    volumes: set[str] = set()
    for name, service in services.items():
        assert ("image" in service) or ("build" in service), name
        for mount in service.get("volumes", []):
            source, target = mount.split(":")[:2]
            assert target.startswith("/"), mount
            if source.startswith("."):
                assert (DEPLOY / source).exists(), f"{name} mounts what is not there: {mount}"
            else:
                volumes.add(source)
        needs = service.get("depends_on", {})
        for other, how in needs.items() if isinstance(needs, dict) else [(one, {}) for one in needs]:
            assert other in services, f"{name} waits for {other}, which is no service."
            if how.get("condition") == "service_healthy":
                assert services[other]["healthcheck"]["test"], (
                    f"{other} has nothing that says that it is well."
                )
            if how.get("condition") == "service_completed_successfully":
                assert services[other]["restart"] == "no", f"{other} would start again when it is done."
    assert volumes == set(whole["volumes"]), "Each volume is declared, and used."
    assert {"hall-1", "hall-2"} <= set(services)


def test_the_application_of_the_compose_file_has_settings_that_exist_and_keeps_its_data() -> None:
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if service.get("image") == "service-hall"}
    assert set(ours) == {"hall-1", "hall-2", "prepare"}
    for name, service in ours.items():
        assert set(service["environment"]) <= settings(), f"{name} sets what nothing reads."
        assert f"hall:{HOME}" in service["volumes"], f"{name} loses keys and files with its container."
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
        if "command" in service:
            runs(service["command"])
    environment = ours["hall-1"]["environment"]
    database, redis = services["database"], services["redis"]
    address = re.fullmatch(
        r"postgresql://(\w+):\$\{POSTGRES_PASSWORD:\?[^}]*\}@(\w+)/(\w+)", environment["DATABASE_URL"]
    )
    assert address and address[2] in services
    assert database["environment"]["POSTGRES_USER"] == address[1]
    assert database["environment"]["POSTGRES_DB"] == address[3]
    assert f"-U {address[1]} -d {address[3]}" in database["healthcheck"]["test"][1]
    assert environment["REDIS_URL"].startswith("redis://redis:") and redis["command"][0] == "redis-server"
    assert "ports" not in database and "ports" not in redis, "Neither is open to the house."


def test_nginx_of_the_compose_file_finds_the_processes_and_their_files() -> None:
    services = compose()["services"]
    conf = (DEPLOY / "compose-nginx.conf").read_text("utf-8")
    port = services["hall-1"]["environment"]["PORT"]
    assert set(re.findall(r"^ +server ([^\s;]+)", conf, re.MULTILINE)) == {f"hall-1:{port}", f"hall-2:{port}"}
    (published,) = services["nginx"]["ports"]
    (listening,) = re.findall(r"listen (\d+)", conf)
    assert published.startswith("127.0.0.1:") and published.endswith(f":{listening}")
    mounted = {mount.split(":")[1].rstrip("/") for mount in services["nginx"]["volumes"]}
    for folder in re.findall(r"(?:alias|root) (\S+?)/?;", conf):
        assert any(folder.startswith(target) for target in mounted), f"nginx has no {folder}."
    assert set(services["nginx"]["depends_on"]) == {"hall-1", "hall-2"}


def test_nginx_as_it_is_installed_lets_a_whole_hall_s_phones_in(tmp_path: Path) -> None:
    """What a package brings is far too little: every socket takes two connections."""
    text = (DEPLOY / "nginx-main.conf").read_text("utf-8")
    told = {name: int(value) for name, value in re.findall(r"^ *(worker_\w+) (\d+);", text, re.MULTILINE)}
    assert told == {"worker_connections": CONNECTIONS, "worker_rlimit_nofile": OPEN_FILES}, (
        "What is measured and what is installed allow different numbers."
    )
    assert told["worker_connections"] >= 2 * PHONES, "Fewer than a county hall's phones fit into one worker."
    assert told["worker_rlimit_nofile"] > told["worker_connections"]
    mounts = dict(mount.split(":")[:2] for mount in compose()["services"]["nginx"]["volumes"])
    assert mounts["./nginx-main.conf"] == "/etc/nginx/nginx.conf"
    here = tmp_path / "nginx.conf"
    for real, own in (
        ("/run/nginx.pid", tmp_path / "pid"),
        ("/var/log/nginx/error.log", tmp_path / "log"),
        ("/etc/nginx/conf.d/*.conf", tmp_path / "none-*.conf"),
    ):
        assert real in text
        text = text.replace(real, str(own))
    here.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [programs.needed("nginx"), "-t", "-c", str(here), "-e", str(tmp_path / "log")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def unit(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=True)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string((DEPLOY / name).read_text("utf-8"))
    return parsed


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_what_exists_as_the_hall_s_account_in_its_folder(name: str) -> None:
    service = unit(name)["Service"]
    words = shlex.split(service["ExecStart"])
    if words[0] == "/usr/bin/env":
        assert "=" in words[1] and words[1].split("=")[0] in settings(), words
        words = words[2:]
    assert words[0].startswith(PROGRAM), "What the units' own head says to install."
    runs(words)
    assert (service["User"], service["WorkingDirectory"]) == ("hall", "/srv/hall")
    assert (service["StateDirectory"], service["StateDirectoryMode"]) == ("hall", "0700")
    assert service["UMask"] == "0077" and service["ProtectSystem"] == "strict"
    given = dict(pair.split("=", 1) for pair in shlex.split(service["Environment"]))
    assert set(given) <= settings() and given["HALL_DATA"] == HOME


@pytest.mark.parametrize("name", UNITS)
def test_a_hall_stands_again_after_a_power_cut_whatever_comes_up_first(name: str) -> None:
    parts = unit(name)
    assert "network-online.target" in parts["Unit"]["Wants"].split(), "A database may be another machine."
    assert {"network-online.target", "postgresql.service"} <= set(parts["Unit"]["After"].split())
    if parts["Service"].get("Type") == "oneshot":  # what needs it fails with it for good
        assert parts["Service"]["ExecStart"].endswith(" hall prepare --wait")
        assert parts["Service"]["TimeoutStartSec"] == "infinity"
        return
    assert parts["Service"]["Restart"] == "always" and parts["Unit"]["StartLimitIntervalSec"] == "0", (
        "Five failures in ten seconds, and systemd would leave it down."
    )


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_one_for_systemd_itself(name: str, tmp_path: Path) -> None:
    """By its own look, with programs that are here; where it is not installed, by the names it knows."""
    text = (DEPLOY / name).read_text("utf-8")
    known = re.compile(r"[A-Z][A-Za-z]+")
    assert all(known.fullmatch(key) for part in unit(name).sections() for key in unit(name)[part])
    if not shutil.which("systemd-analyze"):
        return
    for other in UNITS:  # each may need another
        here = (DEPLOY / other).read_text("utf-8").replace(PROGRAM, f"{Path(sys.executable).parent}/")
        (tmp_path / other).write_text(here, encoding="utf-8")
    asked = tmp_path / name.replace("@.", "@8001.")
    if "@." in name:
        asked.write_text((tmp_path / name).read_text("utf-8"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(asked)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if name.partition(".")[0].partition("@")[0] in line]
    assert done.returncode == 0 and not said, f"{text[:60]}…\n{done.stderr}"
