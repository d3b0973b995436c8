"""nginx's settings: the site that stands in `deploy/nginx.conf`, and the same for `make run-scaled`. Pure text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from config import ROOT

TEMPLATE = ROOT / "deploy" / "nginx.conf.jinja"
FOR_A_MACHINE = (
    "Lies in /etc/nginx/conf.d/hall.conf, nginx-main.conf in /etc/nginx/nginx.conf; "
    "change name and certificate files."
)
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
"""Networks of containers and halls, never of the internet."""
OPEN_FILES, CONNECTIONS = 65_536, 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """What differs from place to place."""

    servers: tuple[str, ...] = ("127.0.0.1:8000",)
    listen: str = ""
    """Without TLS, on this address and port; empty for a real machine, with TLS."""
    behind: tuple[str, ...] = ()
    """Networks of what ends TLS in front of this nginx, which is believed who asks; none: nothing is in front."""
    static: str = "/srv/hall/static"
    purpose: str = FOR_A_MACHINE

    def text(self) -> str:
        """The site's file."""
        environment = Environment(  # noqa: S701 - no page: a configuration
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
        )
        values = {
            "servers": self.servers,
            "listen": self.listen,
            "tls": not self.listen,
            "behind": self.behind,
            "static": self.static,
            "purpose": self.purpose,
        }
        return environment.from_string(TEMPLATE.read_text("utf-8")).render(values)


def whole(folder: Path, *, as_root: bool) -> str:
    """What nginx needs to run the site in a folder of its own, beside one that the system runs."""
    kept = "".join(
        f"    {kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'} crit;\n"
        + ("user root;\n" if as_root else "")
        + f"worker_rlimit_nofile {OPEN_FILES};\nevents {{\n    worker_connections {CONNECTIONS};\n}}\n"
        + f"http {{\n    include /etc/nginx/mime.types;\n{kept}    include {folder / 'site.conf'};\n}}\n"
    )


def lay_out(folder: Path, site: Site, *, as_root: bool) -> None:
    """Write the settings into the folder, again for `nginx -s reload` where they change."""
    folder.mkdir(exist_ok=True)
    (folder / "site.conf").write_text(site.text(), encoding="utf-8")
    (folder / "nginx.conf").write_text(whole(folder, as_root=as_root), encoding="utf-8")
