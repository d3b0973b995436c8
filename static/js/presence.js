/* On the console: whose turn it is at this window, and the code of this minute with which they show that they are here (M5).
   Nothing of it takes a key or the focus. */

import { get } from "./api.js";
import { watch } from "./live.js";
import { hhmm, now, tick } from "./time.js";
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
    if (byId("presence-dialog").open) byId("presence-dialog").close();
    return;
  }
  const times = { starts: hhmm(turn.starts), ends: hhmm(turn.ends), time: hhmm(turn.left_at || turn.arrived_at || turn.starts) };
  panel.dataset.stage = turn.stage;
  say("presence-who", word("turn_who", { reception: nameOf(turn, "rota_name"), body: nameOf(turn, "body_name"), name: turn.name, title: turn.title }));
  say("presence-state", word("turn_" + turn.stage, times));
  byId("presence-code-box").hidden = turn.stage === "left";
  byId("presence-scan").hidden = !state.address || turn.stage === "left";
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
watch("window:" + panel.dataset.window, soon);
look();
