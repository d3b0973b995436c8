"""What can be wrong in a spreadsheet, said so that the person who keeps it can mend it.

Sentences are English keys for translation: `MESSAGES[problem.key]`, translated, then filled with `problem.params`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_PROBLEMS = 100
"""More than this helps nobody; the rest is counted."""


def N_(text: str) -> str:  # noqa: N802 - the name by which the extractor of sentences knows it
    """Mark a sentence for translation without translating it here: this module knows no language."""
    return text


MESSAGES: dict[str, str] = {
    # The file as a whole
    "empty_file": N_("The file is empty."),
    "too_large": N_("The file is larger than %(limit)s MB. Split it, or remove pictures and unused sheets."),
    "too_many_rows": N_("The file has more than %(limit)s rows. Split it."),
    "too_many_columns": N_("The sheet has more than %(limit)s columns. Remove those that are not needed."),
    "old_format": N_(
        "This is an old .xls workbook or one with a password. Save it as .xlsx without a password."
    ),
    "not_a_sheet": N_("This is neither a CSV file nor an .xlsx workbook."),
    "damaged": N_("The workbook is damaged or incomplete. Open it, save it again as .xlsx and retry."),
    "unpacks_too_large": N_(
        "The workbook would unpack to more than %(limit)s MB. Copy the rows into a new workbook."
    ),
    "wrong_encoding": N_("The text is in an unknown encoding. Save the file as “CSV UTF-8” or as .xlsx."),
    "broken_quotes": N_("A quotation mark is opened and not closed from this line on."),
    "missing_sheet": N_("The workbook has no sheet named “%(sheet)s”."),
    # The heading
    "missing_column": N_("The column “%(heading)s” is missing."),
    "double_column": N_("The column “%(heading)s” appears twice."),
    "title_row": N_("This line is a title. Remove it: the first line must hold the headings."),
    "blank_heading": N_("This column holds values but has no heading. Undo merged cells and name it."),
    # A cell
    "empty": N_("This cell must not be empty. Undo merged cells and fill in every line."),
    "too_long": N_("The text has %(length)s characters; at most %(limit)s fit."),
    "control_character": N_("The text holds an invisible character (%(character)s). Type it anew."),
    "formula": N_("The cell holds a formula or starts with “%(sign)s”. Replace it by plain text."),
    "cell_error": N_("The cell shows the error %(value)s. Replace it by plain text."),
    "lost_digits": N_("Excel has rounded this long number. Format the column as text and enter it anew."),
    "turned_date": N_("Excel has turned this into a date. Format the column as text and enter it anew."),
    "bad_number": N_("“%(value)s” is not a whole number from 0 to %(limit)s."),
    "unknown_task_type": N_("“%(value)s” is not a known type. Known: %(known)s."),
    "unknown_kind": N_("“%(value)s” is not known. Write 即办件 or 承诺件."),
    "unknown_mode": N_("“%(value)s” is not known. Known: %(known)s."),
    "bad_procedure": N_(
        "“%(value)s” is not understood. Write 专家评审 30天（依据）, each once, with ； between them."
    ),
    "bad_yes_no": N_("“%(value)s” is neither yes nor no. Write 是 or 否."),
    "bad_date": N_("“%(value)s” is not a date. Write it like 2027-01-01."),
    "bad_prefix": N_("“%(value)s” is not one or two letters from A to Z."),
    "bad_day_kind": N_("“%(value)s” is not known. Write 放假, 调休上班 or 上班."),
    # A row
    "double_code": N_("The code “%(value)s” was already used in line %(first)s."),
    "double_material": N_("“%(value)s” is already listed for this item in line %(first)s."),
    "longer_than_law": N_(
        "The promise of %(committed)s days is longer than the %(statutory)s days of the law."
    ),
    "instant_with_days": N_("An instant item cannot promise days. Write 0, or make it 承诺件."),
    "committed_without_days": N_(
        "A committed item needs at least one day. Write the days, or make it 即办件."
    ),
    "makeup_on_weekday": N_("%(value)s is no weekend day: only those are made up."),
    "unknown_item": N_("No item has the code “%(value)s”."),
    "unknown_line": N_("This hall has no line “%(value)s”. Write the code or the name of one."),
    "no_line_yet": N_("This hall has no line yet. Make one, then import the items."),
    "no_copies": N_("Neither an original nor a copy is asked for, and no e-licence serves."),
    # Bundles
    "unknown_order": N_("“%(value)s” is not known. Write 并联办理 or 串联办理."),
    "retired_item": N_("The item “%(value)s” is retired. Restore it first, or leave it out."),
    "unknown_situation": N_(
        "This hall has no life situation “%(value)s”. Write the name or the code of one."
    ),
    # Staff
    "unknown_role": N_("“%(value)s” is not a known role. Known: %(known)s."),
    "bad_user": N_("“%(value)s” is no account name: 2 to 40 letters, digits, dots, hyphens or underscores."),
    "unknown_window": N_("This hall has no window “%(value)s”."),
    "unknown_case": N_("No case of this hall has the number “%(value)s”."),
    "numbered_case": N_("The case “%(value)s” has its platform number already."),
    "taken_platform_number": N_(
        "The platform number “%(value)s” belongs to another case, or stands twice in the file."
    ),
    "unknown_department": N_("This hall has no department “%(value)s”. Write the name or the code of one."),
    "no_department": N_("Reviewers and officials need the department for which they decide."),
    "double_account": N_("The account “%(value)s” was already used in line %(first)s."),
    "account_elsewhere": N_("The account “%(value)s” belongs to another hall."),
    "bad_badge": N_("“%(value)s” is no helper's number: up to 12 letters, digits and hyphens."),
    "badge_taken": N_("The number “%(value)s” belongs to another helper, perhaps a retired one."),
    "bad_shifts": N_(
        "“%(value)s” is not understood. Write times like 08:30-12:00 14:30-17:30, or 休 for none."
    ),
    "shifts_backwards": N_("“%(value)s”: a stretch ends before it begins."),
    "shifts_overlap": N_("“%(value)s”: two stretches overlap."),
    "unknown_skill": N_("“%(value)s” is not a skill. Use 手语, 方言, 英语, or the name of a bundle."),
    "no_helper_account": N_("There is no account “%(value)s” with the role 帮办员 in this hall."),
    "other_badge": N_("This person's number is “%(value)s”, and stays so."),
    "helper_retired": N_("The helper “%(value)s” is retired. Restore them first."),
    "account_retired": N_("The account “%(value)s” is retired. Restore it first."),
}
"""Each key with its English sentence; blanks are filled from `Problem.params`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: line of the file (1 = first, 0 = the file as a whole), heading of the column or "", key."""

    line: int
    column: str
    key: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def english(self) -> str:
        """The sentence in English with its place, for logs of tests and for readers of English."""
        place = f"line {self.line}" if self.line else "file"
        if self.column:
            place += f", {self.column}"
        return f"{place}: {MESSAGES[self.key] % dict(self.params)}"


class Problems:
    """Collects problems in the order of the file: the first `MAX_PROBLEMS` in full, all of them in number."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.count = 0

    def add(self, line: int, column: str, key: str, /, **params: str | int) -> None:
        """Note one. Raises KeyError for a key that has no sentence."""
        if key not in MESSAGES:
            raise KeyError(key)
        self.count += 1
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(line, column, key, params))


class Unreadable(Exception):
    """The file cannot be read at all: carries the one problem to show."""

    def __init__(self, key: str, line: int = 0, **params: str | int) -> None:
        super().__init__(key)
        self.problem = Problem(line, "", key, params)
