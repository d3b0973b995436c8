"""What operators and machines ask: is it alive, is it ready, how is it doing."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db

operations = APIBlueprint("operations", __name__, enable_openapi=False)


@operations.get("/healthz")
@allow(PUBLIC)
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain")


@operations.get("/readyz")
@allow(PUBLIC)
def readyz() -> Response:
    """The database answers, too."""
    db.session.execute(text("SELECT 1"))
    return Response("ready\n", content_type="text/plain")


@operations.get("/metrics")
@allow(PUBLIC)
def metrics() -> Response:
    """Prometheus figures; nothing personal."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
