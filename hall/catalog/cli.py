"""`flask hall import-catalogue`: a spreadsheet or CSV file into a hall."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.catalog import actions
from hall.catalog.bundle_loading import LoadAll, UnfitBundles, load_all
from hall.catalog.bundle_sheet import BundleFile, read_bundles
from hall.catalog.changes import Wanted
from hall.catalog.files import Files, read_files
from hall.catalog.spreadsheet import DEFAULTS
from hall.database import db
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from hall.catalog.problems import Problem

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-catalogue")
@click.argument("file", type=_FILE, required=False)
@click.option("--materials", type=_FILE, help="Papers in a CSV file of their own.")
@click.option("--bundles", type=_FILE, help="Bundles (CSV or .xlsx), with FILE or alone.")
@click.option("--site", "code", help="Code of the hall; needed where there are several.")
@with_appcontext
def import_catalogue_command(
    file: Path | None, materials: Path | None, bundles: Path | None, code: str | None
) -> None:
    """Load the items of FILE (CSV or .xlsx) and the bundles: all of them, or none if anything is wrong.

    The same file again changes nothing. What the file leaves empty never overwrites what the hall has entered, and
    what it does not name stays as it is.
    """
    if file is None and (bundles is None or materials is not None):
        raise click.UsageError("Name the file with the items, or --bundles with the file of bundles.")
    site_id, name = _site(code)
    files = _files(file, materials) if file else None
    found = _bundles(bundles) if bundles else None
    command = LoadAll(site_id, files.wanted if files else Wanted(()), found.rows if found else ())
    try:
        done, of_bundles = perform(SYSTEM_ACTOR, load_all, command)
    except actions.Unfit as unfit:
        wrong = bundles if isinstance(unfit, UnfitBundles) else file
        _refuse([(wrong or Path(), problem) for problem in unfit.problems], unfit.count)
    if files:
        click.echo(f"{name}: {len(files.items.rows)} items read")
        _report(done, "items", files.ignored, files.defaulted)
    if found:
        click.echo(f"{name}: {len(found.rows)} bundles read")
        _report(of_bundles, "bundles", found.ignored, {})


def _files(file: Path, materials: Path | None) -> Files:
    files = read_files(file.read_bytes(), materials.read_bytes() if materials else None)
    if files.problem_count:
        _refuse(
            [(materials if papers and materials else file, problem) for papers, problem in files.problems],
            files.problem_count,
        )
    return files


def _bundles(file: Path) -> BundleFile:
    found = read_bundles(io.BytesIO(file.read_bytes()))
    if found.problems:
        _refuse([(file, problem) for problem in found.problems], found.problem_count)
    return found


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


def _refuse(problems: list[tuple[Path, Problem]], count: int) -> NoReturn:
    for file, problem in problems:
        click.echo(f"{file.name}: {problem.english()}", err=True)
    if count > len(problems):
        click.echo(f"… and {count - len(problems)} more", err=True)
    message = f"{count} problem{'s' if count > 1 else ''}. Nothing was loaded."
    raise click.ClickException(message)


def _report(done: actions.Loaded, what: str, ignored: tuple[str, ...], defaulted: dict[str, int]) -> None:
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
        click.echo(f"  {done.absent} {what} of the hall are not in the file and stay as they are")
    if ignored:
        click.echo(f"  columns that nobody knows, left out: {', '.join(ignored)}")
    if defaulted:
        click.echo("Left empty in the file, and for new items filled by rule:")
        for field, count in defaulted.items():
            click.echo(f"  {field:<16} {count:>6}  {DEFAULTS[field]}")


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")  # noqa: PLR2004 - a line's worth
