"""The whole way of a slip: a kiosk's draw, the real server, the real print agent, a printer that speaks ESC/POS."""

from __future__ import annotations

import itertools
import signal
from typing import TYPE_CHECKING, Any

import pytest
import requests
import socketio

from tests.fake_printer import FakePrinter
from tests.printers import API, TestPrinter, add_printer, give_code
from tests.race.agent_stage import Stage, same, wait_for, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import LiveHall

CODE = "271828"
keys = itertools.count()


class Kiosk:
    """A kiosk of the demo hall: it draws, and watches its own live topic."""

    def __init__(self, hall: LiveHall) -> None:
        self.hall = hall
        self.headers = {"Authorization": f"Bearer {hall.demo['kiosk']['token']}"}

    def draw(self, line: str = "xixian-a") -> dict[str, Any]:
        headers = {**self.headers, "Idempotency-Key": f"draw-{next(keys)}"}
        answer = requests.post(
            f"{self.hall.url}{API}/tickets", json={"line": line}, headers=headers, timeout=10
        )
        answer.raise_for_status()
        drawn: dict[str, Any] = answer.json()
        return drawn

    def picture(self, drawn: dict[str, Any]) -> bytes:
        answer = requests.get(f"{self.hall.url}{API}/tickets/{drawn['token']}/slip.png", timeout=10)
        answer.raise_for_status()
        return answer.content

    def book(self) -> tuple[str, dict[str, Any]]:
        """Book the first free time; answers its slip on the way to paper."""
        site = f"{self.hall.url}{API}/sites/{self.hall.demo['site']}"
        wish = {"kind": "assist", "bundle": "xixian-company-start"}
        days = requests.get(f"{site}/help/times", params=wish, timeout=10).json()["days"]
        at = next(time["starts_at"] for day in days for time in day["times"])
        held = self._post(f"{site}/bookings", {**wish, "starts_at": at})
        booking = f"{self.hall.url}{API}/bookings/{held['token']}"
        self._post(f"{booking}/confirm", {"name": "王小明", "phone": "13800138000"})
        return str(held["token"]), self._post(f"{booking}/print", {})

    def _post(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {**self.headers, "Idempotency-Key": f"post-{next(keys)}"}
        answer = requests.post(address, json=body, headers=headers, timeout=10)
        assert answer.ok, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def hears(self, device: int) -> Heard:
        return Heard(self.hall.url, self.hall.demo["kiosk"]["token"], device)


class Heard:
    """What a live topic said last."""

    def __init__(self, url: str, token: str, device: int) -> None:
        self.client = socketio.Client(reconnection=False, handle_sigint=False)
        self.topic, self.state = f"kiosk:{device}", dict[str, Any]()
        self.client.on("state", self._hear, namespace="/live")
        self.client.connect(url, auth={"token": token}, transports=["websocket"], namespaces=["/live"])
        answer = self.client.call("watch", {"topic": self.topic}, namespace="/live", timeout=10)
        assert answer["ok"], answer
        self._hear(answer["state"])

    def _hear(self, state: dict[str, Any]) -> None:
        if state["topic"] == self.topic:
            self.state = state

    def slip(self, job: str) -> dict[str, Any]:
        return next((slip for slip in self.state["slips"] if slip["job"] == job), {})


class RealStage(Stage):
    """The agent between the real hall and a fake printer."""

    def __init__(self, folder: Path, printer: FakePrinter, hall: LiveHall) -> None:
        super().__init__(folder, printer)
        self.hall, self.url, self.code = hall, hall.url, CODE

    def start_hall(self) -> None:
        """It runs already, or again on the same port."""
        if not self.hall.running:
            self.hall.start()

    def kill_hall(self) -> None:
        self.hall.stop(signal.SIGKILL)


@pytest.fixture
def device(live_server: LiveHall) -> TestPrinter:
    printer = add_printer(live_server.prepared.database_url, live_server.demo["kiosk"]["token"])
    give_code(live_server.prepared, printer, CODE)
    return printer


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as printer:
        yield printer


@pytest.fixture
def stage(
    tmp_path: Path, printer: FakePrinter, live_server: LiveHall, device: TestPrinter
) -> Iterator[Stage]:
    with RealStage(tmp_path / "stage", printer, live_server) as stage:
        yield stage


@pytest.fixture
def kiosk(live_server: LiveHall) -> Kiosk:
    return Kiosk(live_server)


def test_item3_a_draw_at_the_kiosk_becomes_one_slip_and_the_kiosk_hears_it(
    stage: RealStage, kiosk: Kiosk, device: TestPrinter
) -> None:
    heard = kiosk.hears(device.kiosk)
    assert heard.state["printer"]["problem"] == "offline", "nobody prints there yet"
    stage.start_agent()
    wait_for(lambda: heard.state["printer"]["problem"] == "", "the kiosk to hear that its printer is ready")
    drawn = kiosk.draw()
    wait_for(
        lambda: heard.slip(drawn["slip"]["job"]).get("state") == "printed", "the kiosk to hear of its slip"
    )
    assert [same(slip, kiosk.picture(drawn)) for slip in stage.printer.slips] == [True]
    heard.client.disconnect()


def test_item3_kill_the_agent_and_the_server_and_each_ticket_has_one_slip(
    stage: RealStage, kiosk: Kiosk
) -> None:
    stage.start_agent()
    drawn = [kiosk.draw()]
    wait_for(lambda: len(whole(stage.printer)) == 1, "the first slip")
    stage.printer.set(hold_after_rows=60)
    drawn.append(kiosk.draw())
    stage.printer.wait(lambda printer: printer.rows_hanging_out == 60)
    stage.kill_agent()
    drawn.append(kiosk.draw())
    stage.kill_hall()
    stage.printer.set(held=False)
    stage.start_agent()
    wait_for(lambda: len(stage.printer.inked) == 2, "the torn slip to be ended, though the hall is away")
    stage.kill_agent()
    stage.start_hall()
    drawn.append(kiosk.draw())
    stage.start_agent()
    wait_for(lambda: len(whole(stage.printer)) == 4, "the slips drawn meanwhile")
    drawn.append(kiosk.draw())
    wait_for(lambda: len(whole(stage.printer)) == 5, "the last slip")
    slips = whole(stage.printer)
    assert [same(slip, kiosk.picture(one)) for slip, one in zip(slips, drawn, strict=True)] == [True] * 5
    assert [one["number"] for one in drawn] == ["A001", "A002", "A003", "A004", "A005"]


def test_item2_without_paper_the_kiosk_hears_it_and_the_ticket_is_not_lost(
    stage: RealStage, kiosk: Kiosk, device: TestPrinter
) -> None:
    heard = kiosk.hears(device.kiosk)
    stage.printer.set(paper="out")
    stage.start_agent()
    wait_for(lambda: heard.state["printer"]["problem"] == "paper_out", "the kiosk to hear that paper is out")
    drawn = kiosk.draw()
    job = drawn["slip"]["job"]
    assert drawn["slip"]["problem"] == "paper_out", "the draw's own answer says so already"
    wait_for(lambda: heard.slip(job).get("problem") == "paper_out", "the kiosk to hear that its slip waits")
    ticket = requests.get(f"{stage.url}{API}/tickets/{drawn['token']}", timeout=10).json()
    assert (ticket["state"], ticket["number"]) == ("waiting", "A001")
    stage.printer.set(paper="low")
    wait_for(lambda: heard.slip(job).get("state") == "printed", "the slip after the paper is in")
    wait_for(lambda: heard.state["printer"]["low"], "the kiosk to hear that paper is nearly out again")
    assert [same(slip, kiosk.picture(drawn)) for slip in stage.printer.slips] == [True]
    heard.client.disconnect()


def test_H3_a_booking_becomes_one_slip_of_paper_and_once_again(
    stage: RealStage, kiosk: Kiosk, device: TestPrinter
) -> None:
    heard = kiosk.hears(device.kiosk)
    stage.start_agent()
    wait_for(lambda: heard.state["printer"]["problem"] == "", "the kiosk to hear that its printer is ready")
    token, slip = kiosk.book()
    wait_for(lambda: heard.slip(slip["job"]).get("state") == "printed", "the kiosk to hear of its slip")
    again = requests.post(
        f"{stage.url}{API}/bookings/{token}/print", json={}, headers=kiosk.headers, timeout=10
    ).json()
    wait_for(lambda: heard.slip(again["job"]).get("state") == "printed", "the second slip")
    first, second = whole(stage.printer)
    assert second.height > first.height, "it says that it is a reprint"
    heard.client.disconnect()
