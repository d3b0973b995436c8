/* On the console: whose turn it is at this window, and the code of this minute with which they show that they are here (M5).
   It takes no focus, and one key alone: D, while somebody is here, says that they left without the code. */

import { get, post } from "./api.js";
import { watch } from "./live.js";
import { hhmm, now, tick } from "./time.js";
import { toast } from "./toast.js";
import { nameOf, word } from "./words.js";

const SEEN = 20000; // ms after which what is shown is asked for again, besides each new minute
const QUIET = 300000; // ms between two looks while nobody has a turn
const SOON = 400; // ms in which several changes are one look
const byId = (id) => document.getElementById(id);
const panel = byId("presence");
const path = "/api/v1/windows/" + encodeURIComponent(panel.dataset.window) + "/presence";

let state = null;
let changes = 0; // when the next code comes
let asked = 0;
let timer = 0;
let drawn = "";
let gone = 0; // the turn that the dialog is about

function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

/** The picture to scan is of the code that stands beside it. */
function drawScan() {
  if (!state.address || !byId("presence-dialog").open || drawn === state.code) return;
  drawn = state.code;
  byId("presence-qr").src = path + ".svg?of=" + Math.floor(now() / 60000);
}

function show() {
  const turn = state && state.turn;
  panel.hidden = !turn;
  if (!turn) {
    ["presence-dialog", "presence-gone-dialog"].forEach((id) => { if (byId(id).open) byId(id).close(); });
    return;
  }
  const said = ["clerk", "manager", "unsigned"].indexOf(turn.left_how) !== -1;
  const over = turn.stage === "left" && !said; // who left by code needs none any more
  const times = { starts: hhmm(turn.starts), ends: hhmm(turn.ends), time: hhmm(turn.left_at || turn.arrived_at || turn.starts) };
  panel.dataset.stage = turn.stage;
  say("presence-who", word("turn_who", { reception: nameOf(turn, "rota_name"), body: nameOf(turn, "body_name"), name: turn.name, title: turn.title }));
  say("presence-state", word("turn_" + (said ? turn.left_how : turn.stage), times));
  byId("presence-code-box").hidden = over;
  byId("presence-scan").hidden = !state.address || over;
  byId("presence-gone").hidden = !canSay();
  say("presence-code", state.code.slice(0, 3) + " " + state.code.slice(3));
  byId("presence-code").classList.toggle("used", state.used);
  drawScan();
}

async function look() {
  asked = Date.now();
  try {
    state = await get(path);
    changes = Date.now() + state.changes_in * 1000;
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) state = null; // the console says so itself
  }
  show();
}

/** Somebody is here, or left by the clerk's own word, which can be put right, or was not signed out. */
function canSay() {
  const turn = state && state.turn;
  return Boolean(turn) && (turn.stage === "here" || turn.left_how === "clerk" || turn.left_how === "unsigned");
}

function wrong(text) {
  byId("presence-gone-wrong").textContent = text;
  byId("presence-gone-wrong").hidden = !text;
}

function ask() {
  const dialog = byId("presence-gone-dialog");
  if (!canSay() || document.querySelector("dialog[open]")) return;
  const turn = state.turn;
  gone = turn.duty;
  dialog.querySelector("form").reset();
  wrong("");
  say("presence-gone-who", word("turn_who", { reception: nameOf(turn, "rota_name"), body: nameOf(turn, "body_name"), name: turn.name, title: turn.title }));
  byId("presence-gone-time").value = hhmm(turn.left_at || now());
  dialog.showModal();
  byId("presence-gone-time").focus();
}

async function writeDown(event) {
  event.preventDefault();
  const dialog = byId("presence-gone-dialog");
  if (dialog.dataset.busy) return;
  dialog.dataset.busy = "1";
  wrong("");
  const fields = dialog.querySelector("form").elements;
  try {
    await post("/api/v1/duties/" + gone + "/presence/said", { left: fields.left.value, reason: fields.reason.value, note: fields.note.value.trim() });
    dialog.close();
    toast(word("gone_done"), "good");
  } catch (problem) {
    const [name, said] = Object.entries(problem.errors || {})[0] || [];
    wrong((said && said[0]) || problem.detail || word("server"));
    if (name && fields[name]) fields[name].focus();
  }
  delete dialog.dataset.busy;
  look();
}

function soon() {
  if (timer || !state || !state.turn) return;
  timer = setTimeout(() => { timer = 0; look(); }, SOON);
}

tick(() => {
  const since = Date.now() - asked;
  if (!state || !state.turn) {
    if (since > QUIET) look();
    return;
  }
  const left = Math.max(0, Math.ceil((changes - Date.now()) / 1000));
  say("presence-left", word(state.used ? "code_used" : "code_left", { seconds: left }));
  if (since > SEEN || (left === 0 && since > 1000)) look();
});
byId("presence-scan").addEventListener("click", () => {
  drawn = "";
  byId("presence-dialog").showModal();
  drawScan();
});
byId("presence-gone").addEventListener("click", ask);
byId("presence-gone-back").addEventListener("click", () => byId("presence-gone-dialog").close());
byId("presence-gone-dialog").querySelector("form").addEventListener("submit", writeDown);
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "d" || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (document.querySelector("dialog[open]") || ["INPUT", "SELECT", "TEXTAREA"].indexOf(event.target.getClientRects().length ? event.target.tagName : "") !== -1) return;
  if (!canSay()) return;
  event.preventDefault();
  ask();
});
watch("window:" + panel.dataset.window, soon);
look();
