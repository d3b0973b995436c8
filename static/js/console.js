/* The window console: shows the window's live state and sends the clerk's commands. */

import { get, post } from "./api.js";
import { watch } from "./live.js";
import { showStatus } from "./status.js";
import { hhmm, tick } from "./time.js";
import { nameOf, word } from "./words.js";

const QUIET = 700; // ms in which a second click does not hit the action that has just taken its place
const SOON = 150; // ms in which several lines that change are one look
const KEYS = { n: "call-next", " ": "call-next", r: "recall", s: "start", f: "finish", p: "pass", u: "undo-pass", o: "open" };
const byId = (id) => document.getElementById(id);
const start = JSON.parse(byId("start").textContent);
const path = "/api/v1/windows/" + encodeURIComponent(start.window.code);

const followed = new Set();
let shown = start.window;
let heard = 0;
let asked = 0;
let timer = 0;
let busy = false;
let changed = 0;
let next = "";

function possible() {
  if (shown.staff && shown.staff !== start.me) return [];
  if (shown.state === "closed") return ["open"];
  if (shown.current) {
    return shown.current.state === "called" ? ["start", "recall", "pass", "hold", "pause"] : ["finish", "hold", "pause"];
  }
  if (shown.state === "paused") return ["open", "close"];
  const free = ["call-next", "pause", "close", "resume"];
  return shown.last_passed ? free.concat("undo-pass") : free;
}

function mainVerb(can) {
  return ["open", "call-next", "start", "finish"].find((verb) => can.indexOf(verb) !== -1) || "";
}

function say(text) {
  byId("console-error").textContent = text;
}

function entry(parts) {
  const item = document.createElement("li");
  parts.forEach(([text, css]) => {
    const part = document.createElement("span");
    part.className = css;
    part.textContent = text;
    item.appendChild(part);
  });
  return item;
}

function lineName(code) {
  return start.lines[code] ? nameOf(start.lines[code]) : code;
}

function showLists(can) {
  const held = shown.held.map((number) => {
    const item = entry([]);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = word("resume", { number });
    button.disabled = busy || can.indexOf("resume") === -1;
    button.addEventListener("click", () => act("resume", { ticket: number }));
    item.appendChild(button);
    return item;
  });
  byId("held").replaceChildren(...(held.length ? held : [entry([[word("held_none"), "quiet"]])]));
  const rows = shown.waiting.map((row) => entry([
    [row.number, "ticket-number"],
    [lineName(row.line), "grow"],
    [row.lane === "priority" ? word("priority") : "", "small"],
    [hhmm(row.issued_at), "number quiet"],
  ]));
  byId("waiting").replaceChildren(...(rows.length ? rows : [entry([[word("nobody"), "quiet"]])]));
  byId("waiting-count").textContent = String(shown.waiting_count);
}

function show() {
  const can = possible();
  const current = shown.current;
  const verb = mainVerb(can);
  if (verb !== next) changed = Date.now();
  next = verb;
  byId("window-state").textContent = word("state_" + shown.state);
  byId("current-state").textContent = word(current ? current.state : "idle");
  byId("current-number").textContent = current ? current.number : "—";
  byId("current-line").textContent = current ? lineName(current.line) : "";
  byId("next").textContent = verb ? word(verb) + " (" + verb.replace("call-next", "n").charAt(0).toUpperCase() + ")" : word("colleague_here");
  byId("next").disabled = busy || !verb;
  document.querySelectorAll("[data-verb]").forEach((button) => {
    button.disabled = busy || can.indexOf(button.dataset.verb) === -1;
  });
  byId("pause").disabled = busy || shown.state === "paused" || can.indexOf("pause") === -1;
  byId("hold").disabled = busy || can.indexOf("hold") === -1;
  if (can.indexOf("hold") === -1) openHold(false);
  showLists(can);
}

function openHold(wanted) {
  byId("hold-form").hidden = !wanted;
  byId("hold").setAttribute("aria-expanded", String(wanted));
  if (wanted) byId("hold-reason").focus();
}

async function refresh() {
  asked += 1;
  const [before, mine] = [heard, asked];
  const state = await get(path);
  if (heard !== before || asked !== mine) return; // pushed or asked for meanwhile: that is newer
  shown = state;
  follow();
}

/* Who draws or leaves touches the topic of the line, not the window's: hear those too, and look again. */
function follow() {
  shown.lines.filter((code) => !followed.has(code)).forEach((code) => {
    followed.add(code);
    watch("line:" + code, soon);
  });
}

function soon() {
  if (timer) return;
  timer = setTimeout(async () => {
    timer = 0;
    try {
      await refresh();
      show();
    } catch (problem) {
      say(problem.detail || word("server"));
    }
  }, SOON);
}

async function act(verb, body) {
  if (busy || possible().indexOf(verb) === -1) return;
  busy = true;
  say("");
  show();
  try {
    const answer = await post(path + "/" + verb, body);
    if (verb === "call-next" && answer === null) say(word("nobody"));
  } catch (problem) {
    say(problem.detail || word("server"));
  }
  try {
    await refresh();
  } catch (problem) {
    say(problem.detail || word("server"));
  }
  busy = false;
  show();
}

const perform = (verb) => act(verb, verb === "finish" ? { outcome: "done" } : undefined);

byId("next").addEventListener("click", () => { if (Date.now() - changed > QUIET) perform(next); });
document.querySelectorAll("[data-verb]").forEach((button) => {
  button.addEventListener("click", () => perform(button.dataset.verb));
});
byId("hold").addEventListener("click", () => openHold(byId("hold-form").hidden));
byId("hold-form").addEventListener("submit", (event) => {
  event.preventDefault();
  openHold(false);
  act("hold", { reason: byId("hold-reason").value });
});
byId("pause-form").addEventListener("submit", (event) => {
  event.preventDefault();
  act("pause", { reason: byId("pause-reason").value });
});
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") return openHold(false);
  const tag = event.target.tagName;
  if (["INPUT", "SELECT", "TEXTAREA"].indexOf(tag) !== -1) return;
  if (event.key === " " && ["BUTTON", "SUMMARY", "A"].indexOf(tag) !== -1) return;
  const key = event.key.toLowerCase();
  if (key === "h" && !byId("hold").disabled) {
    event.preventDefault();
    openHold(true);
  } else if (KEYS[key]) {
    event.preventDefault();
    perform(KEYS[key]);
  }
});

tick((at) => {
  const since = shown.current && (shown.current.started_at || shown.current.called_at);
  const seconds = since ? Math.max(0, Math.floor((at.getTime() - Date.parse(since)) / 1000)) : 0;
  const two = (value) => String(value).padStart(2, "0");
  byId("current-timer").textContent = since ? two(Math.floor(seconds / 60)) + ":" + two(seconds % 60) : "";
});
show();
showStatus(byId("live-status"));
watch("window:" + shown.code, (state) => {
  heard += 1;
  shown = state;
  follow();
  show();
});
follow();
