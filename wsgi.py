"""The application: the one place that knows every blueprint."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from apiflask import APIFlask
from babel import Locale
from flask import Flask, Response, g, request, session, url_for
from flask_babel import Babel, get_locale
from flask_socketio import SocketIO
from gevent import monkey
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config
from hall import clock, http, interface, jobs, logs
from hall.accounts import access, limits, sessions
from hall.accounts.api import api as accounts_api
from hall.accounts.roles import PUBLIC
from hall.accounts.views import pages as accounts_pages
from hall.actor import PUBLIC_ACTOR
from hall.applicants import retracing
from hall.calendar.actions import add_published_years, when_confirmed
from hall.catalog.api import api as catalogue_api
from hall.catalog.bundle_pages import pages as bundle_import
from hall.catalog.import_views import pages as catalogue_import
from hall.catalog.views import pages as catalogue_pages
from hall.cutoff.api import api as cutoff_api
from hall.cutoff.views import pages as cutoff_pages
from hall.database import db, reader_options, tune_sqlite
from hall.desk.api import api as desk_api
from hall.desk.booking_pages import booking_pages as desk_booking_pages
from hall.desk.checking_in_api import api as checking_in_api
from hall.desk.day_api import api as desk_day_api
from hall.desk.returns_api import api as returns_api
from hall.desk.views import pages as desk_pages
from hall.first_run import views as first_run
from hall.floor.api import api as floor_api
from hall.floor.passing import topics_passing
from hall.floor.views import pages as floor_pages
from hall.front import front
from hall.helpers.api import api as helpers_api
from hall.helpers.calls.actions import escalate
from hall.helpers.calls.api import api as help_api
from hall.helpers.calls.passing import calls_passing
from hall.helpers.day.api import api as helper_day_api
from hall.helpers.day.views import pages as helper_pages
from hall.helpers.desk_api import api as helpers_desk_api
from hall.helpers.jobs import JOBS as HELPER_JOBS
from hall.helpers.keeping.exclusion_views import exclusion_pages
from hall.helpers.keeping.views import shift_pages
from hall.helpers.ledger.api import api as help_records_api
from hall.helpers.ledger.cases import came_through
from hall.helpers.ledger.views import pages as help_ledger
from hall.helpers.shifts_api import api as helper_shifts_api
from hall.intake.authorities.api import api as authorities_api
from hall.intake.authorities.views import pages as authority_pages
from hall.intake.documents.views import pages as documents_pages
from hall.intake.filing.api import api as filing_api
from hall.intake.filing.forgetting import JOBS as FORM_JOBS
from hall.intake.filing.views import pages as filing_pages
from hall.intake.finding.views import pages as finding_pages
from hall.intake.following.api import api as following_api
from hall.intake.following.views import pages as following_pages
from hall.intake.issuing.api import api as issuing_api
from hall.intake.issuing.views import pages as issuing_pages
from hall.intake.measures.api import api as exchange_api
from hall.intake.measures.platform_pages import pages as platform_pages
from hall.intake.measures.views import pages as measure_pages
from hall.intake.outcome.api import api as outcome_api
from hall.intake.overview.views import pages as overview_pages
from hall.intake.review.api import api as review_api
from hall.intake.review.commands import commands as review_commands
from hall.intake.review.pending import find_dates
from hall.intake.review.reminders import JOBS as CASE_JOBS
from hall.intake.review.views import pages as review_pages
from hall.intake.signing.api import api as signing_api
from hall.intake.signing.views import pages as signing_pages
from hall.live import channel, moments, neighbours, transport
from hall.live.bus import Bus
from hall.live.crowd import Crowd
from hall.live.publisher import Publisher
from hall.operations import Figures, operations
from hall.oversight.api import api as oversight_api
from hall.oversight.views import pages as oversight_pages
from hall.people.views import blueprints as people_pages
from hall.premises.views import pages as premises_pages
from hall.printing.api import api as printing_api
from hall.printing.tidying import tidy as tidy_slips
from hall.queueing import learning
from hall.queueing.agents.api import api as agents_api
from hall.queueing.api import api as queueing_api
from hall.queueing.at_window import when_started
from hall.queueing.day import turn_day
from hall.queueing.views import pages as queueing_pages
from hall.queueing.window_api import api as window_api
from hall.reports.api import api as reports_api
from hall.reports.views import pages as reports_pages
from hall.rota.blueprints import blueprints as rota_blueprints
from hall.rota.findings.jobs import JOBS as FINDING_JOBS
from hall.rota.jobs import JOBS as ROTA_JOBS
from hall.rota.jobs import date_drafts
from hall.rota.matters.jobs import JOBS as MATTER_JOBS
from hall.rota.passing import mondays_passing
from hall.rota.presence.sitting import sit_beside
from hall.sending import FileChannel
from hall.sites import site_of_page
from hall.terminal import hall_commands, only_for_the_owner
from hall.unit_of_work import Units
from hall.voice.views import pages as voice_pages
from kiosk.away.api import api as away_api
from kiosk.away.page import away_pages
from kiosk.booking import blueprints as booking_pages
from kiosk.kiosk import kiosk_pages
from kiosk.mondays import blueprints as reception_pages
from kiosk.phone import pages as phone_pages
from kiosk.printing import api as slips_api
from kiosk.public_texts import public_texts
from kiosk.screens import pages as screen_pages

ROOT = Path(__file__).resolve().parent
LANGUAGES = {code: Locale(code) for code in ("zh", "en")}  # read once: every request asks for one
BODY_LIMIT = 2 * 1024 * 1024
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


def create_app(config: Config | None = None) -> APIFlask:
    """Build the application from its settings (by default, from the environment)."""
    logs.configure()
    if config is None:
        only_for_the_owner()
        config = Config.from_env()
    app = APIFlask(
        __name__,
        title="Service hall",
        version="v1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # half the bytes for Chinese in pages
    _settle(app, config)
    _connect(app, config)
    http.install(app)
    interface.install(app)
    first_run.install(app)
    access.install(app)
    limits.install(app, config.redis_url, config.name_in_redis)
    for blueprint in (
        queueing_api,
        window_api,
        printing_api,
        slips_api,
        away_api,
        away_pages,
        cutoff_api,
        cutoff_pages,
        catalogue_api,
        catalogue_pages,
        catalogue_import,
        bundle_import,
        queueing_pages,
        accounts_api,
        *people_pages,
        first_run.pages,
        floor_api,
        floor_pages,
        reports_api,
        reports_pages,
        oversight_api,
        oversight_pages,
        accounts_pages,
        premises_pages,
        front,
        operations,
        kiosk_pages,
        phone_pages,
        screen_pages,
        voice_pages,
        desk_api,
        desk_day_api,
        desk_pages,
        filing_api,
        filing_pages,
        review_api,
        measure_pages,
        platform_pages,
        overview_pages,
        exchange_api,
        review_commands,
        finding_pages,
        documents_pages,
        review_pages,
        issuing_api,
        issuing_pages,
        signing_api,
        signing_pages,
        following_pages,
        following_api,
        returns_api,
        outcome_api,
        help_api,
        helper_day_api,
        helper_pages,
        help_records_api,
        help_ledger,
        authorities_api,
        authority_pages,
        agents_api,
        *rota_blueprints,
        helpers_api,
        helpers_desk_api,
        helper_shifts_api,
        checking_in_api,
        shift_pages,
        exclusion_pages,
        *booking_pages,
        *reception_pages,
        desk_booking_pages,
    ):
        app.register_blueprint(blueprint)
    app.extensions["hall_public_texts"] = public_texts
    app.extensions["hall_channel"] = FileChannel(config.data / "outbox")
    when_confirmed(find_dates)
    when_confirmed(date_drafts)
    when_started(sit_beside)
    app.cli.add_command(hall_commands)
    _declare_public(app)
    _context(app)
    app.after_request(_headers)
    _live(app, config)
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _settle(app: APIFlask, config: Config) -> None:
    app.config.update(
        HALL=config,
        SECRET_KEY=config.keys.session,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=reader_options(config.database_url),
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=bool(config.public_url and config.public_url.startswith("https")),
        PERMANENT_SESSION_LIFETIME=sessions.LONGEST,
        SESSION_REFRESH_EACH_REQUEST=False,
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_TRANSLATION_DIRECTORIES=";".join(
            sorted(str(folder) for folder in (ROOT / "hall" / "translations").glob("*") if folder.is_dir())
        ),
        HALL_MESSAGE_QUEUE=config.redis_url,
        TESTING=config.testing,
        AUTO_SERVERS=False,
    )


def _connect(app: APIFlask, config: Config) -> None:
    db.init_app(app)
    Babel(app, locale_selector=choose_language)
    if config.is_sqlite:
        with app.app_context():
            tune_sqlite(db.engine, begin="BEGIN", query_only=True)
    Units(app, config.database_url)
    Figures(app)


def _is_our_page(public_url: str | None, origin: str, environ: dict[str, str]) -> bool:
    """Whether a socket is opened by a page of ours: of the address that was asked, or of the public one.

    A hall has several addresses: screens and windows use one inside the house, phones the public one.
    """
    ours = {environ.get("HTTP_HOST"), urlsplit(public_url).netloc if public_url else None}
    try:
        return urlsplit(origin).netloc in ours - {None}
    except ValueError:  # such as half an IPv6 address
        return False


def _live(app: APIFlask, config: Config) -> None:
    transport.install()
    bus = Bus(config.redis_url, config.name_in_redis) if config.redis_url else None
    socketio = SocketIO(
        app,
        async_mode="gevent",
        transports=["websocket"],
        manage_session=False,
        async_handlers=False,  # one question of a client at a time
        cors_allowed_origins=partial(_is_our_page, config.public_url),
        ping_interval=transport.PING_INTERVAL_SECONDS,
        ping_timeout=transport.PING_TIMEOUT_SECONDS,
        allow_upgrades=False,
        **({"client_manager": bus} if bus else {}),
    )
    app.wsgi_app = Crowd.of(app.wsgi_app, config)  # type: ignore[method-assign]
    publisher = Publisher(
        app, socketio, config.keys.tokens, passing=(topics_passing, calls_passing, mondays_passing)
    )
    callers = channel.install(socketio, publisher)
    if monkey.is_module_patched("socket") and not config.testing:
        jobs.start(
            app,
            (
                *jobs.JOURNAL_JOBS,
                jobs.Job("turn_day", timedelta(minutes=1), turn_day),
                jobs.Job("learn_waits", learning.EVERY, learning.due, learning.learn_waits),
                jobs.Job("published_years", timedelta(days=1), add_published_years),
                jobs.Job("tidy_slips", timedelta(seconds=10), tidy_slips),
                jobs.Job("help_calls", timedelta(seconds=5), escalate),
                *CASE_JOBS,
                *FORM_JOBS,
                *HELPER_JOBS,
                jobs.Job("drop_search_keys", retracing.EVERY, retracing.nothing_to_change, retracing.drop),
                *ROTA_JOBS,
                *MATTER_JOBS,
                *FINDING_JOBS,
            ),
        )
        if bus is not None:
            neighbours.join(app, bus, publisher, callers)
        moments.start(app, publisher, partial(neighbours.leads, bus))
        callers.watch_over()


def _declare_public(app: Flask) -> None:
    """Views of libraries, which cannot carry our decorator: the description of the interface."""
    view = app.view_functions.get("openapi.spec")
    if view is not None:
        view.allowed = PUBLIC  # type: ignore[union-attr]


def choose_language() -> Locale:
    """The caller's language: chosen in this browser, else asked for by it, else Chinese."""
    chosen = session.get("lang")
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    if not request.path.startswith("/api/") or "Accept-Language" not in request.headers:
        return LANGUAGES["zh"]
    return LANGUAGES[request.accept_languages.best_match(LANGUAGES) or "zh"]


KEPT_S = 30 * 24 * 3600


@lru_cache(maxsize=1024)
def _fingerprint(path: str) -> str:
    file = ROOT / "static" / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "missing"


def asset(path: str) -> str:
    """Address of a static file that changes with its content."""
    return url_for("static", filename=path, v=_fingerprint(path))


def _context(app: Flask) -> None:
    @app.context_processor
    def shared() -> dict[str, object]:
        staff, actor = g.get("staff"), g.get("actor", PUBLIC_ACTOR)
        site = site_of_page(staff.site_id if staff else actor.site_id)
        return {
            "asset": asset,
            "came_through": came_through,
            "address_of": lambda endpoint: url_for(endpoint) if endpoint in app.view_functions else None,
            "site": site,
            "current_user": staff,
            "can": lambda permission: str(permission) in actor.can,
            "lang": str(get_locale() or "zh"),
            "elder": int(session.get("elder") or 0),
            "now_local": clock.now().astimezone(site.zone) if site else clock.now(),
            "hall": app.config["HALL"],
            "local_time": lambda at: at.astimezone(site.zone if site else UTC).strftime("%Y-%m-%d %H:%M"),
        }


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    elif request.args.get("v") == _fingerprint((request.view_args or {}).get("filename", "")):
        # A kiosk draws its signs when the server is away, too: what changes its address with its content is kept
        response.headers["Cache-Control"] = f"public, max-age={KEPT_S}, immutable"
    return response
