"""What a kiosk machine without a printer printed: the whole slips in its file, read by the bytes that make each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.agent_draws import Draw
from kiosk.agent_kit import Shelf
from kiosk.agent_slip import picture_of
from kiosk.printer_commands import cut_slip, resynchronise, slip_body
from kiosk.slip import render_void

if TYPE_CHECKING:
    from tests.kiosk_machine import KioskMachine

WIDTH = 576
OUT = {"printed", "doubtful"}
"""What the machine says of a slip: cut, or cut and perhaps a blank one after it."""


def whole_slips(machine: KioskMachine) -> list[str]:
    """The numbers of all slips that were cut whole, in the order in which they came out.

    What a crash left hanging out is no slip: it was ended with a VOID bar, and the slip came out anew. Fails where
    one was left without.
    """
    paper = (machine.folder / "paper").read_bytes()
    kit = Shelf(machine.state).kit
    assert kit, "The machine has no kit."
    bodies = {slip_body(picture_of(Draw(**row), kit, WIDTH)): str(row["number"]) for row in machine.papers()}
    lengths = sorted({len(body) for body in bodies})
    again, cut = resynchronise(WIDTH), cut_slip("auto")
    void = again + slip_body(render_void(WIDTH)) + cut
    found, at = [], 0
    while at < len(paper):
        sizes = (size for size in lengths if paper[at : at + size] in bodies)
        size = next(sizes, 0)
        if size:
            number = bodies[paper[at : at + size]]
            at += size
            if paper.startswith((cut, again + cut), at):
                found.append(number)
            else:
                assert paper.startswith(void, at), f"{number} was printed and is neither cut nor void."
        elif known := next((one for one in (void, again, cut) if paper.startswith(one, at)), b""):
            at += len(known)
        else:  # a torn slip: what follows brings the printer back into step
            at = paper.find(again, at)
            assert at >= 0, "The last slip is torn, and nothing followed."
    return found


def printed_all(machine: KioskMachine) -> bool:
    """Whether every number that was drawn is on paper."""
    return all((machine.told(row["key"])["paper"] or {}).get("stage") in OUT for row in machine.papers())
