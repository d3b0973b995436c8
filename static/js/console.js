/* The window console: shows the window's live state and sends the clerk's commands. */

import { get, newKey, post } from "./api.js";
import { dialogs } from "./console-dialogs.js";
import { formsAtHand } from "./console-forms.js";
import { goTo, showLists, walk } from "./console-list.js";
import { ticketDialog } from "./console-ticket.js";
import { mainVerb, possible, showClock, showMain, showNow } from "./console-view.js";
import { onStatus, watch } from "./live.js";
import { showStatus } from "./status.js";
import { hhmm, now, tick } from "./time.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const QUIET = 700; // ms in which a second click does not hit the action that has just taken its place
const SOON = 150; // ms in which several lines that change are one look
const LOCK = 1000; // ms between two announcements
const LOOK = 60000; // ms after which the page asks by itself: sign-in, window and order may have changed
const KEYS = { n: "call-next", " ": "main", r: "recall", s: "start", f: "finish", p: "pass", u: "undo-pass", o: "open", x: "close" };
const OPENS = { h: "dialog-hold", t: "dialog-transfer", e: "dialog-finish", c: "dialog-call", b: "dialog-pause", "?": "dialog-keys", "？": "dialog-keys" };
const NEEDS = { "dialog-hold": "hold", "dialog-transfer": "transfer", "dialog-finish": "finish-with", "dialog-call": "call", "dialog-pause": "pause" };
const byId = (id) => document.getElementById(id);
const start = JSON.parse(byId("start").textContent);
const path = "/api/v1/windows/" + encodeURIComponent(start.window.code);
const lines = new Map(start.lines.map((line) => [line.code, line]));
const followed = new Set();

let shown = start.window;
let heard = 0;
let asked = 0;
let timer = 0;
let order = 0;
let busy = false;
let changed = 0;
let next = "";
let recalled = 0;
let looked = ""; // the ticket whose forms are known
let lost = null; // {text, way, href} when this page can do nothing more
let link = { state: "connecting", since: new Date() };

function seat() {
  try {
    let mine = sessionStorage.getItem("hall-seat");
    if (!mine) {
      mine = newKey().slice(0, 40);
      sessionStorage.setItem("hall-seat", mine);
    }
    return mine;
  } catch (closed) {
    return "";
  }
}
const mySeat = seat();

const fresh = () => link.state === "online";
const can = () => (lost || !fresh() ? [] : possible(shown, start.me, mySeat));

/** The bar above the window: what this page cannot do, and the way on; else the last trouble of a command. */
function standing() {
  if (lost) return lost;
  if (link.state === "offline" || link.state === "stale") return { text: word("stale_commands", { time: hhmm(link.heard || link.since) }) };
  if (shown.staff && shown.staff !== start.me) return { text: word("colleague", { name: shown.staff_name, time: hhmm(shown.opened_at) }) };
  if (shown.staff && shown.seat && shown.seat !== mySeat) return { text: word("elsewhere", { time: hhmm(shown.opened_at) }) };
  return null;
}

let trouble = "";
function bar() {
  const found = standing();
  const text = found ? found.text : trouble;
  const way = byId("console-way");
  if (byId("console-error").textContent !== text) byId("console-error").textContent = text;
  byId("console-bar").classList.toggle("told", Boolean(text));
  way.hidden = !(found && found.href);
  if (found && found.href) {
    way.href = found.href;
    way.textContent = found.way;
  }
}

function say(text) {
  trouble = text;
  bar();
}

function show() {
  const verbs = can();
  const verb = mainVerb(verbs);
  if (verb !== next) changed = Date.now();
  next = verb;
  showNow(shown, lines);
  showMain(verb, busy);
  document.querySelectorAll("button.verb").forEach((button) => {
    const wanted = button.dataset.verb || NEEDS[button.dataset.dialog];
    button.disabled = !button.hasAttribute("data-always") && (busy || verbs.indexOf(wanted) === -1);
  });
  const way = byId("take-in");
  const serving = shown.current ? shown.current.number + shown.current.state : "";
  if (way) way.setAttribute("aria-disabled", String(!shown.staff || shown.staff !== start.me));
  if (way && serving !== looked) {
    looked = serving;
    taken.look();
  }
  showLists(shown, lines, { waiting: openTicket, held: resume });
  showClock(shown);
  bar();
  clearTimeout(order);
  if (shown.order_holds_until) {
    const until = Date.parse(shown.order_holds_until) - now();
    if (until < 3600000) order = setTimeout(soon, Math.max(0, until) + 500);
  }
}

function gone(problem) {
  if (problem.status === 401) lost = { text: word("signed_out"), way: word("sign_in"), href: "/sign-in" };
  else if (problem.status === 403) lost = { text: word("not_yours"), way: word("your_window"), href: "/console" };
  else return false;
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  show();
  return true;
}

async function refresh() {
  asked += 1;
  const [before, mine] = [heard, asked];
  const state = await get(path);
  if (heard !== before || asked !== mine) return; // pushed or asked for meanwhile: that is newer
  if (lost) location.reload(); // signed in again elsewhere: begin afresh
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
      if (!gone(problem)) bar(); // the strip tells that the hall does not answer
    }
  }, SOON);
}

/** Perform a command; answers "" or what was wrong. `done` is the word that tells of its success. */
async function send(verb, body, done) {
  if (busy) return word("lines_changed");
  busy = true;
  say("");
  show();
  const number = shown.current ? shown.current.number : shown.last_passed || "";
  let wrong = "";
  try {
    const answer = await post(path + "/" + verb, body);
    if (verb === "call-next" && answer === null) say(word("nobody"));
    if (done) toast(word(done, { number }), "good");
  } catch (problem) {
    if (!gone(problem)) wrong = Object.values(problem.errors).flat()[0] || problem.detail || word("server");
  }
  try {
    await refresh();
  } catch (problem) {
    gone(problem);
  }
  busy = false;
  show();
  return wrong;
}

async function perform(verb, body) {
  if (busy || can().indexOf(verb) === -1) return;
  if (verb === "recall") {
    if (Date.now() - recalled < LOCK) return;
    recalled = Date.now();
  }
  if (verb === "close" && shown.held.length) return box.open("dialog-close");
  const given = body || bodies[verb];
  const done = { pass: "done_passed", finish: "done_finished" }[verb];
  const wrong = await send(verb === "take-over" ? "open" : verb, given ? given() : undefined, done);
  if (wrong) say(wrong);
}

const openWith = () => (mySeat ? { seat: mySeat } : {});
const bodies = { open: openWith, "take-over": openWith, finish: () => ({ outcome: taken.outcome(), items: box.usual() }) };
const resume = (row) => perform("resume", () => ({ ticket: row.number }));
const taken = formsAtHand(start.window.code, () => shown.current);
const box = dialogs(start, send, () => shown, taken);
const openTicket = ticketDialog(box, lines, {
  call: (row) => openBox("dialog-call", row),
  resume,
}, can, (text) => { toast(text, "good"); soon(); });

function openBox(id, given) {
  if (NEEDS[id] && (busy || can().indexOf(NEEDS[id]) === -1)) return;
  box.open(id, given);
}

byId("next").addEventListener("click", () => { if (Date.now() - changed > QUIET) perform(next); });
document.querySelectorAll("button.verb").forEach((button) => {
  button.addEventListener("click", () => (button.dataset.dialog ? openBox(button.dataset.dialog) : perform(button.dataset.verb)));
});

function press(key) {
  if (KEYS[key] === "main") perform(next === "call-next" ? next : "");
  else if (KEYS[key]) perform(key === "o" && next === "take-over" ? "take-over" : KEYS[key]);
  else if (OPENS[key]) openBox(OPENS[key]);
  else if (key === "i") takeIn();
  else if (key === "l") goTo(byId("waiting"));
  else if (key === "k") goTo(byId("held"));
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  // A dialog that has just closed still holds the focus until the next frame: its fields are gone from sight
  const tag = event.target.getClientRects().length ? event.target.tagName : "";
  if (["INPUT", "SELECT", "TEXTAREA"].indexOf(tag) !== -1) return;
  if (event.key === " " && ["BUTTON", "SUMMARY", "A"].indexOf(tag) !== -1) return;
  if (press(event.key.toLowerCase())) event.preventDefault();
});

/* Taking a case in has a page of its own; who comes back from it finishes with what was received. */
const intake = byId("take-in");
function takeIn() {
  if (intake && intake.getAttribute("aria-disabled") !== "true") location.href = intake.href;
}

let undoing = false;
tick(() => {
  showClock(shown);
  const open = can().indexOf("undo-pass") !== -1;
  if (open !== undoing) show(); // the minute of a pass is over
  undoing = open;
});
[byId("waiting"), byId("held")].forEach(walk);
show();
showStatus(byId("live-status"));
onStatus((status) => {
  const before = fresh();
  link = status;
  if (!before && fresh()) soon();
  show();
});
watch("window:" + shown.code, (state) => {
  heard += 1;
  shown = state;
  follow();
  show();
}, (code) => gone({ status: code === "not_signed_in" ? 401 : 403 }));
follow();
setInterval(soon, LOOK);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) taken.look();
});
