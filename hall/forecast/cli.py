"""`flask hall forecast-record`: the wait figure over a record, for judging it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import click

from hall.forecast.record import forecast_record
from hall.forecast.warsaw import BrokenRecord

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("forecast-record")
@click.argument("record", type=_FILE)
@click.option(
    "--learn", "learn_from", type=_FILE, multiple=True,
    help="Record known beforehand; may be given several times, and may be RECORD itself.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV file to write."
)
@click.option(
    "--date", "dates", type=click.DateTime(["%Y-%m-%d"]), multiple=True,
    help="Forecast this day alone; may be given several times. The other days of RECORD are still known.",
)  # fmt: skip
@click.option("--dropped", is_flag=True, help="Name each queue and day whose numbers are not one series.")
def forecast_record_command(
    record: Path,
    learn_from: tuple[Path, ...],
    out: Path,
    dates: tuple[datetime, ...],
    dropped: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Forecast every reading of RECORD (Warsaw format, plain or gzipped) with somebody waiting.

    Writes date,time,office,queue_id,p50_min,p90_min. A figure comes from earlier readings of RECORD and from the
    learning records alone; a day that RECORD and a learning record share is known only to later days.
    """
    if out.resolve() in {path.resolve() for path in (record, *learn_from)}:
        raise click.ClickException(f"{out.name} is one of the records read: name another file to write.")
    days = {at.date() for at in dates} or None
    try:
        outcome = forecast_record(record, learn_from, out, days=days, on_day=_tell)
    except BrokenRecord as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(f"{out.name}: cannot be written: {problem.strerror}") from None
    click.echo(
        f"{outcome.written} rows written, {outcome.blank} of them without a basis for a figure.", err=True
    )
    for reason, count in Counter(outcome.dropped.values()).most_common():
        click.echo(f"{count} queue-days are not one series of numbers: {reason}.", err=True)
    if dropped:
        for (day, line), reason in sorted(outcome.dropped.items()):
            click.echo(f"  {day} {line}: {reason}", err=True)


def _tell(day: date) -> None:
    click.echo(f"{day} …", err=True)
