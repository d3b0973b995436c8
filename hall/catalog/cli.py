"""`flask hall import-catalogue`: a spreadsheet or CSV file into a hall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.catalog import actions
from hall.catalog.files import Files, read_files
from hall.catalog.spreadsheet import DEFAULTS
from hall.database import db
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from hall.catalog.problems import Problem

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-catalogue")
@click.argument("file", type=_FILE)
@click.option("--materials", type=_FILE, help="Papers in a CSV file of their own.")
@click.option("--site", "code", help="Code of the hall; needed where there are several.")
@with_appcontext
def import_catalogue_command(file: Path, materials: Path | None, code: str | None) -> None:
    """Load the items of FILE (CSV or .xlsx): all of them, or none if anything is wrong.

    The same file again changes nothing. What the file leaves empty never overwrites what the hall has entered, and
    what it does not name stays as it is.
    """
    site_id, name = _site(code)
    files = read_files(file.read_bytes(), materials.read_bytes() if materials else None)
    if files.problem_count:
        _refuse(
            [(materials if papers and materials else file, problem) for papers, problem in files.problems],
            files.problem_count,
        )
    try:
        done = perform(SYSTEM_ACTOR, actions.load, actions.Load(site_id, files.wanted))
    except actions.Unfit as unfit:
        _refuse([(file, problem) for problem in unfit.problems], unfit.count)
    _report(name, files, done)


def _site(code: str | None) -> tuple[int, str]:
    wanted = select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)
    sites = db.session.scalars(wanted.where(Site.code == code) if code else wanted).all()
    if len(sites) == 1:
        found = sites[0].id, sites[0].name
        db.session.remove()
        return found
    if code:
        message = f"There is no hall with the code {code}."
    elif sites:
        message = "There are several halls. Add --site with one of: " + ", ".join(one.code for one in sites)
    else:
        message = "There is no hall yet. Start the product and set one up, then import."
    raise click.ClickException(message)


def _refuse(problems: list[tuple[Path, Problem]], count: int) -> None:
    for file, problem in problems:
        click.echo(f"{file.name}: {problem.english()}", err=True)
    if count > len(problems):
        click.echo(f"… and {count - len(problems)} more", err=True)
    message = f"{count} problem{'s' if count > 1 else ''}. Nothing was loaded."
    raise click.ClickException(message)


def _report(name: str, files: Files, done: actions.Loaded) -> None:
    click.echo(f"{name}: {len(files.items.rows)} items read")
    if not (done.added or done.changed or done.departments or done.situations):
        click.echo("  nothing changed")
    else:
        click.echo(f"  {done.added} added, {done.changed} changed, {done.unchanged} unchanged")
    for label, names in (("department", done.departments), ("life situation", done.situations)):
        if names:
            click.echo(f"  {len(names)} new {label}{'s' if len(names) > 1 else ''}: {_some(names)}")
    if done.retired:
        click.echo(f"  {len(done.retired)} are retired in the hall and stay so: {_some(done.retired)}")
    if done.absent:
        click.echo(f"  {done.absent} items of the hall are not in the file and stay as they are")
    if files.ignored:
        click.echo(f"  columns that nobody knows, left out: {', '.join(files.ignored)}")
    if files.defaulted:
        click.echo("Left empty in the file, and for new items filled by rule:")
        for field, count in files.defaulted.items():
            click.echo(f"  {field:<16} {count:>6}  {DEFAULTS[field]}")


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")  # noqa: PLR2004 - a line's worth
