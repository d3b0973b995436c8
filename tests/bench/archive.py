"""A hall's archive of cases, written straight into its SQLite file: forms, papers, cases and their applicants.

Cases lie evenly over five years up to now, two to an applicant. All are delivered but the newest: of those every other
one is open at one department, the rest at all the others.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from config import Config
from hall import clock
from hall.applicants.rules import CHECKS, WEIGHTS, Number, NumberKind
from hall.applicants.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

MATERIALS = 10
FIVE_YEARS_US = 5 * 365 * 24 * 3600 * 1_000_000


def person(number: int) -> str:
    """A resident number that passes every check; another for each `number` below a million."""
    born = date.fromordinal(date(1950, 1, 1).toordinal() + number // 1000)
    plain = f"411528{born:%Y%m%d}{number % 1000:03d}"
    return plain + CHECKS[sum(int(digit) * weight for digit, weight in zip(plain, WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True, slots=True)
class Archive:
    """How many cases, how many of them open at the department of `item`, and how many applicants are known by number.

    `known` applicants have the numbers `person(0)` … and two cases each of `item`, which asks for ten papers.
    """

    data: Path
    item: str
    cases: int
    open: int
    known: int

    def fill(self) -> None:
        """Write it in one transaction, with all constraints, keys and indexes as ever."""
        connection = sqlite3.connect(self.data / "hall.sqlite3", isolation_level=None)
        for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        vault = Vault(Config.from_env({"HALL_DATA": str(self.data)}).keys)
        apart = max(1, (self.cases // 2 - self.open) // self.known)
        traces = [
            (1 + number * apart, vault.trace(Number(NumberKind.ID_CARD, person(number))))
            for number in range(self.known)
        ]
        connection.execute("CREATE TEMP TABLE known (applicant INTEGER PRIMARY KEY, trace BLOB)")
        connection.executemany("INSERT INTO known VALUES (?, ?)", traces)
        given = {
            "item": self.item,
            "cases": self.cases,
            "open": 2 * self.open,
            "now": int(clock.now().timestamp() * 1e6),
            "step": FIVE_YEARS_US // self.cases,
            "materials": MATERIALS,
            "sealed": b"g" * 120,
        }
        for statement in (PAPERS_OF_ITEM, OFFERED, DATED, PLANNED, *ROWS):
            connection.execute(statement, given)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        os.sync()


PAPERS_OF_ITEM = """
INSERT INTO material (item_id, sort, name, name_en, originals, copies, condition, condition_en, source, source_en,
    "deferrable", e_licence)
WITH RECURSIVE
    has(item_id, papers) AS (
        SELECT s.id, count(*) FROM service_item s JOIN material m ON m.item_id = s.id WHERE s.code = :item),
    more(i) AS (SELECT papers FROM has UNION ALL SELECT i + 1 FROM more WHERE i + 1 < :materials)
SELECT item_id, 90 + i, '附加材料' || i, '', 1, 0, '', '', '', '', 0, 0 FROM more, has
"""
OFFERED = """
CREATE TEMP TABLE offered AS
SELECT s.*, i.code = :item AS mine, row_number() OVER (PARTITION BY i.code = :item ORDER BY s.id) - 1 AS place,
    (SELECT min(id) FROM staff WHERE department_id = s.department_id) AS reviewer
FROM service_item s LEFT JOIN service_item i ON i.department_id = s.department_id AND i.code = :item
WHERE s.retired_at IS NULL AND NOT s.second_review AND (i.id IS NULL OR s.code = :item)
"""
DATED = """
CREATE TEMP TABLE dated AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :cases)
SELECT i, (i + 1) / 2 AS applicant, i > :cases - :open AS is_open,
    (i + 1) / 2 IN (SELECT applicant FROM known) OR (i > :cases - :open AND i % 2) AS mine,
    :now - (:cases - i) * :step AS received, :now - (:cases - i) * :step + 86400000000 AS later,
    date((:now - (:cases - i) * :step) / 1000000 + 28800, 'unixepoch') AS day,
    CASE WHEN i <= :cases - :open THEN 'delivered' WHEN i / 2 % 8 < 3 THEN 'received'
        WHEN i / 2 % 8 < 6 THEN 'accepted' WHEN i / 2 % 8 = 6 THEN 'decided' ELSE 'correction' END AS state
FROM n
"""
PLANNED = """
CREATE TEMP TABLE planned AS
SELECT d.*, CAST(substr(day, 1, 4) AS INTEGER) AS year,
    row_number() OVER (PARTITION BY substr(day, 1, 4) ORDER BY i) AS serial,
    d.state IN ('accepted', 'decided', 'delivered') AS accepted, d.state IN ('decided', 'delivered') AS decided,
    d.state = 'delivered' AS delivered, o.id AS item_id, o.reviewer, o.name, o.result_name, o.site_id, o.department_id,
    o.revision, o.mode, o.kind, o.task_type, o.statutory_days, o.committed_days,
    (SELECT division_code FROM site s WHERE s.id = o.site_id) AS place,
    (SELECT id FROM staff WHERE user = 'clerk01') AS clerk, (SELECT id FROM staff WHERE user = 'clerk02') AS issuer
FROM dated d JOIN offered o ON o.place = iif(d.mine, 0, i % (SELECT count(*) FROM offered WHERE mine IS NULL))
    AND (o.mine IS NOT NULL) = d.mine
"""
ROWS = (
    """
INSERT INTO applicant (id, site_id, party, name, number_kind, number_sealed, number_shown, trace, known_since)
SELECT p.applicant, site_id, 'person', '申请人' || p.applicant, 'id_card', :sealed, '411528********0000',
    coalesce(k.trace, randomblob(32)), min(received)
FROM planned p LEFT JOIN known k ON k.applicant = p.applicant GROUP BY p.applicant
""",
    """
INSERT INTO filing (id, site_id, nonce, state, revision, item_id, in_turn, opened_by, opened_at, applicant_id, party,
    name, number_kind, number_sealed, number_shown, phone_sealed, phone_shown, agent_name, agent_number_kind,
    agent_number_shown, mandate_scope, subject, remarks, collect, delivery, lang, visits, received_by, received_at)
SELECT i, site_id, randomblob(9), 'received', 3, item_id, 0, clerk, received, applicant, 'person',
    '申请人' || applicant, 'id_card', :sealed, '411528********0000', :sealed, '138****0000', '', 'id_card',
    '', '', name, '', 'together', 'window', 'zh', 1, clerk, received
FROM planned ORDER BY i
""",
    # Two papers are enough for a case that nobody asks for again
    """
INSERT INTO filing_paper (filing_id, sort, name, name_en, originals, copies, condition, source, "deferrable", e_licence,
    state, note)
SELECT i, m.place, m.name, m.name_en, m.originals, m.copies, m.condition, m.source, m."deferrable", m.e_licence,
    'present', ''
FROM planned p JOIN (
    SELECT *, row_number() OVER (PARTITION BY item_id ORDER BY sort, id) - 1 AS place FROM material) m
ON m.item_id = p.item_id AND (m.place < 2 OR applicant IN (SELECT applicant FROM known)) ORDER BY i, m.place
""",
    """
INSERT INTO paper_use (paper_id, item_id) SELECT f.id, p.item_id FROM filing_paper f JOIN planned p ON p.i = f.filing_id
""",
    """
INSERT INTO service_case (id, site_id, filing_id, sort, item_id, item_revision, department_id, applicant_id, year,
    serial, number, nonce, state, mode, kind, task_type, statutory_days, committed_days, second_review, owner_id,
    received_by, received_at, arrived_at, accepted_by, accepted_at, accepted_basis, clock_from, due_days, due_on,
    extended_days, open_deferrals, decided_by, decided_at, decision, result_name, result_number, ready_at,
    delivered_by, delivered_at, delivered_by_way, ended_at, sampled, notice_breach, revision, changed_at,
    platform_number)
SELECT i, site_id, i, 0, item_id, revision, department_id, applicant, year,
    serial, printf('%s-%d-%06d', place, year, serial), randomblob(9), state, mode, kind, task_type, statutory_days,
    committed_days, 0, clerk, clerk, received, received, iif(accepted, reviewer, NULL), iif(accepted, later, NULL),
    iif(accepted, 'department', NULL), iif(accepted, day, NULL), iif(accepted, coalesce(committed_days, 10), NULL),
    iif(accepted, date(day, (8 + i % 9) || ' days'), NULL), 0, 0, iif(decided, reviewer, NULL),
    iif(decided, later, NULL), iif(decided, 'granted', NULL), result_name, '', iif(delivered, later, NULL),
    iif(delivered, issuer, NULL), iif(delivered, later, NULL), iif(delivered, 'window', NULL),
    iif(delivered, later, NULL), 0, 0, 4, iif(delivered, later, received), iif(delivered, '41150000' || i, NULL)
FROM planned ORDER BY i
""",
    "INSERT INTO case_series SELECT site_id, year, max(serial) FROM planned GROUP BY site_id, year",
)
