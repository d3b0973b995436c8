/* One number of the list, opened: why it stands where it stands, what happened, and what can be done with it. */

import { get, post } from "./api.js";
import { textOf } from "./console-pick.js";
import { whyOf } from "./console-list.js";
import { hhmm } from "./time.js";
import { nameOf, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const address = (row, rest) => "/api/v1/tickets/" + encodeURIComponent(row.token) + "/" + rest;

function entry(parts) {
  const item = document.createElement("li");
  item.append(...parts.filter((part) => part.textContent));
  return item;
}

/** `act.call(row)`, `act.resume(row)`; `can()` names the verbs possible now; `said(text)` tells of what was done. */
export function ticketDialog(box, lines, act, can, said) {
  const dialog = byId("dialog-ticket");
  let row = null;

  function show(history) {
    byId("ticket-history").replaceChildren(...history.happened.map((each) => entry([
      textOf(hhmm(each.at), "number"),
      textOf(each.what, "what"),
      textOf([...each.details, each.who].join(" · "), "quiet small"),
    ])));
    byId("ticket-before").replaceChildren(...history.overtaken_by.map((each) => entry([
      textOf(hhmm(each.called_at), "number"),
      textOf(each.number, "ticket-number"),
      textOf(each.why.join(" · "), "quiet small"),
    ])));
    byId("ticket-overtaken").hidden = !history.overtaken_by.length;
    byId("ticket-priority").hidden = history.ticket.state !== "waiting" || history.ticket.lane === "priority";
  }

  async function open(given) {
    row = given;
    byId("dialog-ticket-title").textContent = row.number;
    byId("ticket-line").textContent = lines.has(row.line) ? nameOf(lines.get(row.line)) : row.line;
    byId("ticket-why").textContent = row.why ? whyOf(row) : "";
    byId("ticket-history").replaceChildren();
    byId("ticket-overtaken").hidden = true;
    byId("ticket-priority").hidden = true;
    byId("ticket-call").hidden = !row.why;
    byId("ticket-resume").hidden = Boolean(row.why);
    byId("ticket-call").disabled = can().indexOf("call") === -1 || row.frozen;
    byId("ticket-resume").disabled = can().indexOf("resume") === -1;
    box.open("dialog-ticket");
    try {
      const mine = row;
      const history = await get(address(row, "history"));
      if (mine === row) show(history);
    } catch (problem) {
      box.wrong(dialog, problem.detail || word("no_history"));
    }
  }

  byId("ticket-call").addEventListener("click", () => {
    dialog.close();
    act.call(row);
  });
  byId("ticket-resume").addEventListener("click", () => {
    dialog.close();
    act.resume(row);
  });
  byId("give-priority").addEventListener("click", async () => {
    try {
      await post(address(row, "priority"), { reason: byId("priority-reason").value });
      dialog.close();
      said(word("done_priority", { number: row.number }));
    } catch (problem) {
      box.wrong(dialog, problem.detail || word("server"));
    }
  });
  box.setUp("dialog-ticket", () => Promise.resolve(""));
  return open;
}
