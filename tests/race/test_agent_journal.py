"""Item 3: what the agent's memory on disk keeps, and what it can let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kiosk.agent_journal import REMEMBERED, Entry, Journal, JournalBusy

if TYPE_CHECKING:
    from pathlib import Path


def test_item3_the_journal_remembers_order_state_and_pictures_across_a_restart(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for job in ("b", "a", "c"):
        journal.receive(job, job.encode())
    journal.move("a", "sending", mark="ABCD")
    journal.move("c", "sent", uncertain=True)
    journal.move("c", "acknowledged")
    journal.close()
    again = Journal(tmp_path)
    assert again.in_state("received", "sending") == [Entry("b", "received"), Entry("a", "sending", "ABCD")]
    assert again.entry("c") == Entry("c", "acknowledged", uncertain=True)
    assert again.picture("a").read_bytes() == b"a"
    assert not again.picture("c").exists(), "The picture of a finished job only takes room."
    again.close()


def test_item3_the_journal_forgets_old_jobs_but_never_an_open_one(tmp_path: Path) -> None:
    line = '{{"job":"{}","state":"{}","mark":"","uncertain":false}}\n'
    done = [line.format(f"done-{n}", "acknowledged") for n in range(REMEMBERED + 50)]
    (tmp_path / "journal.jsonl").write_text(line.format("open", "printed") + "".join(done))
    journal = Journal(tmp_path)
    assert journal.entry("open") == Entry("open", "printed")
    assert journal.entry("done-49") is None
    assert journal.entry("done-50") is not None
    journal.close()
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == REMEMBERED + 1


def test_item3_a_power_cut_leaves_nothing_that_confuses_the_next_start(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.receive("whole", b"picture")
    journal.picture("torn").write_bytes(b"half a pict")  # its line was never written
    journal.close()
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'{"job":"whole","state":"sendi\xff')
    again = Journal(tmp_path)
    assert again.in_state("received") == [Entry("whole", "received")]
    assert not again.picture("torn").exists()
    again.move("whole", "sending")
    again.close()
    third = Journal(tmp_path)
    assert third.in_state("sending") == [Entry("whole", "sending")]
    third.close()


def test_item3_a_folder_belongs_to_one_agent(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(JournalBusy, match="Another print agent"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


@pytest.mark.parametrize("job", ["", "../../etc/passwd", "a/b", "a" * 65, "号"])
def test_item3_no_job_can_write_outside_the_spool(tmp_path: Path, job: str) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(ValueError, match="print job"):
        journal.receive(job, b"picture")
    journal.close()
