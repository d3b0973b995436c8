/* Calls for help on the floor (H5): who waits where, who comes; a manager sends somebody or goes in person. */

import { post } from "./api.js";
import { h } from "./kiosk-dom.js";
import { secondsSince, stopwatch } from "./time.js";
import { toast } from "./toast.js";
import { nameOf, word } from "./words.js";

const WAITING = ["ringing", "escalated"];
const chosen = {}; // badge by the call's token: what a manager picked stays while the page goes on

/** All open calls as one block, the manager's first; nothing where there is none. `manage`: with keys. */
export function helpBlock(state, manage) {
  const calls = state.help.slice().sort((one, other) => (other.state === "escalated") - (one.state === "escalated"));
  if (!calls.length) return [];
  const late = calls.some((call) => call.state === "escalated");
  const free = state.helpers.filter((one) => one.state === "free");
  return [h("section", { class: "floor-help" + (late ? " late" : ""), "aria-label": word("help_calls") },
    h("h2", {}, word("help_calls")),
    h("ul", { role: "list" }, ...calls.map((call) => row(call, manage ? free : null))))];
}

function row(call, free) {
  const place = word("help_" + call.channel, { where: nameOf(call, "where") });
  const waits = WAITING.indexOf(call.state) >= 0;
  const kind = call.state === "escalated" ? "late" : waits ? "now" : "busy";
  return h("li", { "data-key": call.token, "data-state": call.state },
    h("span", { class: "place" }, place),
    call.number ? h("span", { class: "ticket-number" }, call.number) : "",
    ...call.needs.map((need) => h("span", { class: "tag" }, word("need_" + need))),
    h("span", { class: "badge " + kind }, word("help_" + call.state, call.helper || {})),
    h("span", { class: "quiet number grow", "aria-hidden": "true" }, stopwatch(waits ? secondsSince(call.called_at) : call.waited_s)),
    waits && free ? keys(call, free) : "");
}

function keys(call, free) {
  const pick = h("select", { class: "select", "aria-label": word("help_whom") },
    h("option", { value: "" }, free.length ? word("help_by_rule") : word("help_none_free")),
    ...free.map((one) => h("option", { value: one.badge, selected: chosen[call.token] === one.badge },
      one.name + " " + one.badge + (one.skills.length ? " · " + one.skills.map((skill) => word("need_" + skill)).join(", ") : ""))));
  pick.onchange = (event) => { chosen[call.token] = event.target.value; };
  return h("span", { class: "buttons" }, pick,
    h("button", { class: "button primary", type: "button", disabled: !free.length, on: () => send(call) }, word("help_send")),
    h("button", { class: "button", type: "button", on: () => settle(call) }, word("help_settle")));
}

const send = (call) => attempt(async () => {
  const done = await post("/api/v1/help-calls/" + call.token + "/send", { helper: chosen[call.token] || "" });
  return word("did_send", done.helper);
});

const settle = (call) => attempt(async () => {
  await post("/api/v1/help-calls/" + call.token + "/settle");
  return word("did_settle");
});

async function attempt(act) {
  try {
    toast(await act(), "good");
  } catch (problem) {
    toast(problem.detail || word("server"), "bad");
  }
}
