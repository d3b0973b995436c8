"""Machine interface of bulletins (docs/rota.md): everybody reads the frozen ones, managers write."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from apiflask import APIBlueprint
from flask import g

from hall.accounts.access import allow, of_site
from hall.accounts.roles import PUBLIC, Can
from hall.database import db
from hall.http import command, respond
from hall.rota import queries as rotas
from hall.rota.api import answer
from hall.rota.bulletins import actions, queries, schemas, signing_off
from hall.sites import site_by_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from hall.rota.bulletins.models import Bulletin
    from hall.unit_of_work import Answer, Work

api = APIBlueprint("bulletins_api", __name__, url_prefix="/api/v1", tag="Receptions")


def _told(row: Bulletin) -> Answer:
    return answer(
        200,
        {
            "bulletin": row.id,
            "state": row.state,
            "revision": row.revision,
            "year": row.year,
            "number": row.number,
            "digest": row.digest,
        },
    )


@api.get("/sites/<site>/bulletins")
@api.output(schemas.ListOut)
@allow(PUBLIC)
def listed(site: str) -> Response:
    """Frozen bulletins of a hall, the newest first."""
    found = queries.frozen(db.session(), site_by_code(db.session(), site).id)
    return respond(answer(200, {"bulletins": [asdict(each) for each in found]}))


@api.get("/sites/<site>/rotas/<code>/bulletins/<int:year>/<int:number>")
@api.output(schemas.FrozenOut)
@allow(PUBLIC)
def frozen(site: str, code: str, year: int, number: int) -> Response:
    """One frozen bulletin; `digest` is the SHA-256 of `written` as UTF-8."""
    rota = rotas.rota_by_code(db.session(), site_by_code(db.session(), site).id, code)
    found = queries.one(db.session(), rota, year, number)
    told = {
        "sheet": found.sheet,
        "written": found.written,
        "digest": found.digest,
        "corrected_by": [list(each) for each in found.corrected_by],
    }
    return respond(answer(200, told))


@api.post("/sites/<site>/rotas/<code>/bulletins")
@api.input(schemas.DraftIn, arg_name="body")
@api.output(schemas.BulletinOut)
@allow(Can.ROTA_MANAGE)
def draft(site: str, code: str, body: schemas.DraftIn) -> Response:
    """Draft a bulletin of these days from the records (M8)."""
    here = site_by_code(db.session(), site)
    of_site(g.actor, here.id)
    rota = rotas.rota_by_code(db.session(), here.id, code)
    return command(actions.draft, actions.Draft(rota.id, body.first, body.last), _told)


@api.get("/bulletins/<int:key>")
@api.output(schemas.DraftOut)
@allow(Can.ROTA_OVERSEE)
def read(key: int) -> Response:
    """One draft."""
    found = queries.draft(db.session(), key)
    of_site(g.actor, found.site_id)
    kept = set(schemas.DraftOut.model_fields)
    return respond(answer(200, {name: value for name, value in asdict(found).items() if name in kept}))


@api.post("/bulletins/<int:key>/edit")
@api.input(schemas.EditIn, arg_name="body")
@api.output(schemas.BulletinOut)
@allow(Can.ROTA_MANAGE)
def edit(key: int, body: schemas.EditIn) -> Response:
    """Change the words of a draft."""
    return command(actions.edit, actions.Edit(key, body.title, body.text, body.revision), _told)


@api.post("/bulletins/<int:key>/correct")
@api.output(schemas.BulletinOut)
@allow(Can.ROTA_MANAGE)
def correct(key: int) -> Response:
    """Draft a correction of a frozen bulletin: its own stays as it is."""
    return command(actions.correct, key, _told)


def _stepping(action: Callable[[Work, actions.Revised], Bulletin]) -> Callable[..., Response]:
    def view(key: int, body: schemas.RevisedIn) -> Response:
        return command(action, actions.Revised(key, body.revision), _told)

    return view


STEPS: dict[str, tuple[str, Can, Callable[[Work, actions.Revised], Bulletin]]] = {
    "figures": (
        "Take the figures of a draft from the records again; a text that nobody has edited follows them.",
        Can.ROTA_OVERSEE,
        actions.take_figures,
    ),
    "write-anew": (
        "Write the text of a draft from its figures again; what was edited is lost.",
        Can.ROTA_MANAGE,
        actions.write_anew,
    ),
    "sign-off": (
        "Sign a draft off, as another than who wrote it: it is numbered, frozen and public.",
        Can.ROTA_OVERSEE,
        signing_off.sign_off,
    ),
    "drop": ("Drop a draft.", Can.ROTA_MANAGE, actions.drop),
}


def _register() -> None:
    for word, (said, permission, action) in STEPS.items():
        view = _stepping(action)
        view.__name__, view.__doc__ = word.replace("-", "_"), said
        described = api.output(schemas.BulletinOut)(allow(permission)(view))
        api.post(f"/bulletins/<int:key>/{word}")(api.input(schemas.RevisedIn, arg_name="body")(described))


_register()
