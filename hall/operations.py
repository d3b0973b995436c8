"""What operators and machines ask: is it alive, is it ready, how is it doing. Nothing here is personal."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.facts import Fact, Touched
from hall.http import unavailable
from hall.jobs import JobRun
from hall.journal import unsealed_count
from hall.queueing import counts, queries
from hall.sites import Site
from hall.stores import Trouble, trouble_of
from hall.unit_of_work import units

operations = APIBlueprint("operations", __name__, enable_openapi=False)
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
NAMESPACE = "/live"


@operations.get("/healthz")
@allow(PUBLIC)
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain")


@operations.get("/readyz")
@allow(PUBLIC)
def readyz() -> Response:
    """The database answers, too, and what is written arrives."""
    db.session.execute(text("SELECT 1"))
    trouble = units().stores.trouble
    if trouble is not None:
        raise unavailable(trouble)
    return Response("ready\n", content_type="text/plain")


@operations.get("/metrics")
@allow(PUBLIC)
def metrics() -> Response:
    """Figures for Prometheus. The proxy keeps them from the outside (deploy/nginx.conf)."""
    found: Figures = current_app.extensions["hall_figures"]
    return Response(generate_latest(found.registry), content_type=CONTENT_TYPE_LATEST)


class Figures:
    """The figures of one application: what it answered and how fast, what happened, how the hall stands."""

    def __init__(self, app: Flask) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.seconds = Histogram(
            "hall_http_seconds",
            "Time to answer, by endpoint.",
            ("endpoint", "method", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.facts = Counter("hall_facts", "What happened, by kind.", ("fact",), registry=self.registry)
        self.registry.register(Standing(app))
        app.extensions["hall_figures"] = self
        app.extensions["hall_units"].subscribers.append(self.hear)
        app.before_request(self.begin)
        app.after_request(self.end)

    def hear(self, happened: list[Fact]) -> None:
        """Count facts after their commit."""
        for fact in happened:
            if isinstance(fact, Touched):
                continue
            self.facts.labels(fact.name).inc()

    @staticmethod
    def begin() -> None:
        """Start the watch of a request."""
        g.begun = time.perf_counter()

    def end(self, response: Response) -> Response:
        """Keep how long it took, under the name of the view: never under the address, which may hold a token."""
        begun = g.pop("begun", None)
        if begun is not None:
            name = request.endpoint or "none"
            watch = self.seconds.labels(name, request.method, str(response.status_code))
            watch.observe(time.perf_counter() - begun)
        return response


class Standing(Collector):
    """How the hall stands, read when asked for."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def describe(self) -> list[Any]:
        """Nothing beforehand: reading needs the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Whether we can write, room on the disk, and what the database says, if it answers."""
        trouble = units().stores.trouble
        writable = GaugeMetricFamily("hall_store_trouble", "1 while nothing can be written.", labels=["kind"])
        for kind in Trouble:
            writable.add_metric([kind], int(kind is trouble))
        yield writable
        room = shutil.disk_usage(self.app.config["HALL"].data).free
        yield GaugeMetricFamily("hall_disk_free_bytes", "Room on the data folder's disk.", room)
        readable = self.app.config["HALL"].keys.latest().is_readable
        yield GaugeMetricFamily("hall_keys_readable", "0 while keys.json cannot be read here.", int(readable))
        yield self._live()
        try:
            yield from self._of_database()
        except SQLAlchemyError as problem:
            if trouble_of(problem) is None:
                raise

    def _of_database(self) -> Iterator[GaugeMetricFamily]:
        """People waiting and open windows by site, the journal's tail, ages of jobs."""
        session, now = db.session(), clock.now()
        waiting = GaugeMetricFamily("hall_waiting", "People waiting.", labels=["site"])
        windows = GaugeMetricFamily("hall_windows_open", "Windows open and not paused.", labels=["site"])
        for site in session.scalars(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)):
            people = counts.waiting_counts(session, site.id, queries.today(site, now))
            waiting.add_metric([site.code], sum(line.people for line in people.values()))
            windows.add_metric([site.code], counts.staffed_windows(session, site.id))
        yield waiting
        yield windows
        yield GaugeMetricFamily(
            "hall_journal_unsealed", "Entries that the sealer has not chained yet.", unsealed_count(session)
        )
        ages = GaugeMetricFamily("hall_job_age_seconds", "Since each job ran last.", labels=["job"])
        for job in session.scalars(select(JobRun).order_by(JobRun.name)):
            ages.add_metric([job.name], (now - job.ran_at).total_seconds())
        yield ages

    def _live(self) -> GaugeMetricFamily:
        socketio = self.app.extensions["socketio"]
        rooms = socketio.server.manager.rooms.get(NAMESPACE, {})
        count = len(rooms.get(None, ()))
        return GaugeMetricFamily("hall_live_connections", "Open screens, consoles and phones here.", count)
