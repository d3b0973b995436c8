"""Machine interface of the ledger (docs/helpers.md): helpers write their own lines, everything is answered masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, current_app, g
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.helpers import people
from hall.helpers.calls.queries import helper_of
from hall.helpers.ledger import actions, agency, payloads, queries
from hall.helpers.ledger.commands import Begin, Close, Draw, HandOver, ReturnPaper, TakePaper, Write
from hall.helpers.ledger.schemas import (
    CloseIn,
    DrawForIn,
    HandOverRecordIn,
    HelpPaperIn,
    HelpRecordOut,
    MandateIn,
    NewHelpIn,
    RecordNoteIn,
    RecordPersonIn,
    RevealedOut,
    SignMandateIn,
    StageIn,
)
from hall.helpers.models import Booking
from hall.http import command, respond
from hall.intake.signing import signatures
from hall.queueing.drawing import Matter
from hall.queueing.person import known_by
from hall.sites import Site
from hall.unit_of_work import Answer, perform

if TYPE_CHECKING:
    from hall.helpers.ledger.queries import RecordView
    from hall.helpers.records import HelpRecord

api = APIBlueprint("help_records_api", __name__, url_prefix="/api/v1", tag="Helpers")


@api.post("/helper/records")
@api.input(NewHelpIn, arg_name="body")
@api.output(HelpRecordOut, 201)
@allow(Can.HELPERS_WORK)
def begin(body: NewHelpIn) -> Response:
    """Begin to help somebody who neither called nor booked."""
    matter = Matter(body.line, body.item, body.bundle) if body.line or body.item or body.bundle else None
    return command(actions.begin, Begin(body.kind, body.number, matter), lambda made: told(made, 201))


@api.get("/help-records/<token>")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def read(token: str) -> Response:
    """One line of one's hall."""
    row = queries.record_by_nonce(db.session(), nonce_of(token))
    of_site(g.actor, row.site_id)
    return respond(told(queries.view(db.session(), row)))


@api.post("/help-records/<token>/note")
@api.input(RecordNoteIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def note(token: str, body: RecordNoteIn) -> Response:
    """Keep a note; it is sealed."""
    return _write(token, "note", note_sealed=vault().seal(body.note.strip()))


@api.post("/help-records/<token>/person")
@api.input(RecordPersonIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def person(token: str, body: RecordPersonIn) -> Response:
    """Write down who is helped: checked, sealed, shown masked (I10)."""
    site = db.session.get_one(Site, helper_of(db.session(), g.actor).site_id)
    typed = people.Person(body.name, body.phone, body.id_number)
    known = people.known(typed, vault(), site, clock.now(), phone_needed=False)
    columns = people.sealed(known, vault())
    kept = {name: value for name, value in columns.items() if name.endswith(("_sealed", "_shown"))}
    return _write(token, "person", trace=known.number_trace, **kept)


@api.post("/help-records/<token>/progress")
@api.input(StageIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def progress(token: str, body: StageIn) -> Response:
    """How far it has come."""
    given = agency.Stage(nonce_of(token), body.progress, body.case_number.strip())
    return command(agency.stage, given, told)


@api.post("/help-records/<token>/mandate")
@api.input(MandateIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def mandate(token: str, body: MandateIn) -> Response:
    """Scope and end of the mandate, and that it is signed. Another scope has to be signed anew (H1)."""
    given = agency.Mandate(nonce_of(token), body.scope.strip(), body.until, body.signed)
    return command(agency.mandate, given, told)


@api.post("/help-records/<token>/mandate/sign")
@api.input(SignMandateIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def sign(token: str, body: SignMandateIn) -> Response:
    """The mandate was signed on the screen (base64 of a PNG), as it stood there: `revision` is what was shown (H1)."""
    drawn = signatures.keep(current_app.config["HALL"].data, body.signature)
    return command(agency.sign, agency.Sign(nonce_of(token), body.revision, drawn), told)


@api.post("/help-records/<token>/papers")
@api.input(HelpPaperIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def take_paper(token: str, body: HelpPaperIn) -> Response:
    """A paper is taken from them."""
    given = TakePaper(nonce_of(token), body.name.strip(), body.count, body.original)
    return command(actions.take_paper, given, told)


@api.post("/help-records/<token>/papers/<int:paper>/return")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def return_paper(token: str, paper: int) -> Response:
    """A paper went back."""
    return command(actions.return_paper, ReturnPaper(nonce_of(token), paper), told)


@api.post("/help-records/<token>/ticket")
@api.input(DrawForIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def draw(token: str, body: DrawForIn) -> Response:
    """Draw a number for them, and follow it (Q8)."""
    row = queries.record_by_nonce(db.session(), nonce_of(token))
    matter = Matter(body.line, body.item, body.bundle)
    return command(actions.draw, Draw(row.nonce, matter, _claim(row), body.heads), told)


@api.post("/help-records/<token>/hand-over")
@api.input(HandOverRecordIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def hand_over(token: str, body: HandOverRecordIn) -> Response:
    """Another helper goes on (H6)."""
    given = HandOver(nonce_of(token), body.to, vault().seal(body.note.strip()))
    return command(actions.hand_over, given, told)


@api.post("/help-records/<token>/close")
@api.input(CloseIn, arg_name="body")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def close(token: str, body: CloseIn) -> Response:
    """Help is over (H7)."""
    given = Close(nonce_of(token), body.result, vault().seal(body.note.strip()), body.call_back_on)
    return command(actions.close, given, told)


@api.post("/help-records/<token>/called-back")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def called_back(token: str) -> Response:
    """They were called back."""
    return command(actions.called_back, nonce_of(token), told)


@api.post("/help-records/<token>/reveal")
@api.output(RevealedOut)
@allow(Can.HELPERS_WORK)
def reveal(token: str) -> Response:
    """Open what is sealed of them, for their helper; the journal keeps it, no answer is kept (E2)."""
    made = perform(g.actor, actions.reveal, nonce_of(token))
    return respond(Answer.of(opened(queries.record_by_nonce(db.session(), made.nonce))))


def opened(row: HelpRecord) -> dict[str, str]:
    """What is sealed of the person of a line."""
    seals = vault()
    wish = db.session.scalar(select(Booking.wish_sealed).where(Booking.id == row.booking_id))
    return {
        "name": seals.open(row.name_sealed),
        "phone": seals.open(row.phone_sealed),
        "id_number": seals.open(row.number_sealed),
        "address": seals.open(row.address_sealed),
        "wish": seals.open(wish),
    }


def _claim(row: HelpRecord) -> bytes | None:
    """The keyed hash by which the queue knows a person (Q8), as at kiosk and desk."""
    keys, seals = current_app.config["HALL"].keys, vault()
    for kind, sealed in (("id", row.number_sealed), ("phone", row.phone_sealed)):
        number = seals.open(sealed)
        if number:
            return known_by(keys, kind, number)
    return None


def _write(token: str, what: str, **values: Any) -> Response:  # noqa: ANN401 - column values
    return command(actions.write, Write(nonce_of(token), what, values), told)


def told(view: RecordView, status: int = 200) -> Answer:
    """A line after a command."""
    return Answer.of(payloads.record_state(view, _key()), status)


def vault() -> Vault:
    """The hall's vault of personal data."""
    return Vault(current_app.config["HALL"].keys)


def nonce_of(token: str) -> bytes | None:
    """The nonce of a line's token, None for a forged one."""
    return tokens.nonce_of(_key(), payloads.RECORD, token)


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key
