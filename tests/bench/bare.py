"""The yardstick of drawing and calling: the same server settings, the same writer pool, and next to nothing in it.

`POST /insert` adds one row through Flask-SQLAlchemy and commits it with the disk flushed; `POST /noop` does nothing.
"""

from __future__ import annotations

import os

from flask import Flask, Response
from flask_sqlalchemy import SQLAlchemy
from gevent.threadpool import ThreadPool
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hall.database import tune_sqlite


class Base(DeclarativeBase):
    """Tables of the yardstick."""


class Row(Base):
    """One row."""

    __tablename__ = "bare_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def create_app() -> Flask:
    """The bare application, on a file of its own in HALL_DATA."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['HALL_DATA']}/bare.sqlite3"
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"check_same_thread": False}}
    db = SQLAlchemy(app, model_class=Base)
    pool = ThreadPool(1)
    with app.app_context():
        tune_sqlite(db.engine, begin="BEGIN IMMEDIATE", query_only=False)
        db.create_all()

    def insert() -> int:
        with app.app_context():
            row = Row(text="A001")
            db.session.add(row)
            db.session.flush()
            number = row.id
            db.session.commit()
            return number

    @app.post("/insert")
    def insert_one() -> Response:
        return Response(f'{{"id":{pool.apply(insert)}}}', 201, content_type="application/json")

    @app.post("/noop")
    def noop() -> Response:
        return Response("{}", content_type="application/json")

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain")

    return app
