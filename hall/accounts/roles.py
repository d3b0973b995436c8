"""What may be done, and who may do it. Pure data; the vocabulary is alphabetical."""

from __future__ import annotations

from enum import StrEnum


class Can(StrEnum):
    """Every permission there is, as `room:verb`."""

    ACCOUNTS_MANAGE = "accounts:manage"
    CATALOG_EDIT = "catalog:edit"
    CUTOFF_ENTER = "cutoff:enter"
    CUTOFF_PRINT = "cutoff:print"
    DESK_WORK = "desk:work"
    DEVICES_MANAGE = "devices:manage"
    DEVICE_REPORT = "device:report"
    FLOOR_MANAGE = "floor:manage"
    FLOOR_VIEW = "floor:view"
    HELPERS_BOOK = "helpers:book"
    HELPERS_MANAGE = "helpers:manage"
    HELPERS_WORK = "helpers:work"
    INTAKE_CASES = "intake:cases"
    INTAKE_ISSUE = "intake:issue"
    INTAKE_MEASURE = "intake:measure"
    INTAKE_RECEIVE = "intake:receive"
    INTAKE_REVIEW = "intake:review"
    INTAKE_SUPERVISE = "intake:supervise"
    JOURNAL_READ = "journal:read"
    QUEUEING_CALL = "queueing:call"
    QUEUEING_EXPLAIN = "queueing:explain"
    QUEUEING_ISSUE = "queueing:issue"
    QUEUEING_PRIORITY = "queueing:priority"
    REPORTS_READ = "reports:read"
    ROTA_FINDINGS = "rota:findings"
    ROTA_MANAGE = "rota:manage"
    ROTA_OVERSEE = "rota:oversee"
    ROTA_SIGN = "rota:sign"
    SITE_EDIT = "site:edit"


class Role(StrEnum):
    """Roles of staff and kinds of device."""

    AUDITOR = "auditor"
    DIRECTOR = "director"
    HELPER = "helper"
    KIOSK = "kiosk"
    MANAGER = "manager"
    OFFICE = "office"
    OFFICIAL = "official"
    PRINTER = "printer"
    RECEPTION = "reception"
    REVIEWER = "reviewer"
    SCREEN = "screen"
    SUPERVISOR = "supervisor"
    WINDOW = "window"


PUBLIC = "public"
"""Declared on what needs no account."""

STAFF = "staff"
"""Declared on what every member of staff may do, whatever the role: the own account."""

ROLES: dict[Role, frozenset[Can]] = {
    Role.AUDITOR: frozenset({Can.INTAKE_MEASURE, Can.JOURNAL_READ, Can.REPORTS_READ}),
    Role.DIRECTOR: frozenset({Can.ROTA_FINDINGS, Can.ROTA_SIGN}),  # and deputies, chief officers, liaisons
    Role.HELPER: frozenset({Can.HELPERS_WORK}),
    Role.KIOSK: frozenset({Can.DEVICE_REPORT, Can.QUEUEING_ISSUE}),
    Role.MANAGER: frozenset(
        {
            Can.ACCOUNTS_MANAGE,
            Can.CATALOG_EDIT,
            Can.CUTOFF_ENTER,
            Can.DESK_WORK,
            Can.DEVICES_MANAGE,
            Can.FLOOR_MANAGE,
            Can.FLOOR_VIEW,
            Can.HELPERS_BOOK,
            Can.HELPERS_MANAGE,
            Can.INTAKE_CASES,
            Can.INTAKE_ISSUE,
            Can.INTAKE_MEASURE,
            Can.INTAKE_RECEIVE,
            Can.INTAKE_SUPERVISE,
            Can.JOURNAL_READ,
            Can.QUEUEING_CALL,
            Can.QUEUEING_EXPLAIN,
            Can.QUEUEING_ISSUE,
            Can.QUEUEING_PRIORITY,
            Can.REPORTS_READ,
            Can.ROTA_FINDINGS,
            Can.ROTA_MANAGE,
            Can.ROTA_OVERSEE,
            Can.ROTA_SIGN,
            Can.SITE_EDIT,
        }
    ),
    Role.OFFICE: frozenset(  # the business-environment office (营商办): the other person that M7 and M8 ask for
        {Can.ROTA_FINDINGS, Can.ROTA_OVERSEE}
    ),
    Role.OFFICIAL: frozenset(  # an official of the department who also sits at a window (受办一体)
        {
            Can.CUTOFF_ENTER,
            Can.INTAKE_CASES,
            Can.INTAKE_ISSUE,
            Can.INTAKE_RECEIVE,
            Can.INTAKE_REVIEW,
            Can.QUEUEING_CALL,
            Can.QUEUEING_EXPLAIN,
            Can.QUEUEING_PRIORITY,
        }
    ),
    Role.PRINTER: frozenset({Can.CUTOFF_PRINT, Can.DEVICE_REPORT}),
    Role.RECEPTION: frozenset(
        {
            Can.CUTOFF_ENTER,
            Can.DESK_WORK,
            Can.HELPERS_BOOK,
            Can.QUEUEING_EXPLAIN,
            Can.QUEUEING_ISSUE,
            Can.QUEUEING_PRIORITY,
        }
    ),
    Role.REVIEWER: frozenset({Can.INTAKE_CASES, Can.INTAKE_REVIEW}),
    Role.SCREEN: frozenset({Can.DEVICE_REPORT}),
    Role.SUPERVISOR: frozenset(  # citizens among them: what is not personal (O3), and nothing to do
        {Can.FLOOR_VIEW, Can.INTAKE_MEASURE, Can.JOURNAL_READ, Can.REPORTS_READ}
    ),
    Role.WINDOW: frozenset(
        {
            Can.CUTOFF_ENTER,
            Can.INTAKE_CASES,
            Can.INTAKE_ISSUE,
            Can.INTAKE_RECEIVE,
            Can.QUEUEING_CALL,
            Can.QUEUEING_EXPLAIN,
            Can.QUEUEING_PRIORITY,
        }
    ),
}

STAFF_ROLES = (
    Role.MANAGER,
    Role.RECEPTION,
    Role.HELPER,
    Role.WINDOW,
    Role.OFFICIAL,
    Role.REVIEWER,
    Role.DIRECTOR,
    Role.OFFICE,
    Role.SUPERVISOR,
    Role.AUDITOR,
)
DEVICE_ROLES = (Role.KIOSK, Role.SCREEN, Role.PRINTER)
