/* The phone page: place from the order that all phones of a line share, state from the ticket's own topic. */

import { post } from "./api.js";
import { onStatus, watch } from "./live.js";
import { followHelp, helpBody } from "./phone-help.js";
import { showStatus } from "./status.js";
import { now } from "./time.js";
import { toast } from "./toast.js";
import { plural, word } from "./words.js";

const OVER = ["finished", "abandoned", "unserved"];
const root = document.getElementById("ticket");
const shown = () => root.querySelector(".ticket-card").dataset;
let order = null; // the line's last state
let state = shown().state;
let times = Number(shown().times);
let revision = null; // of the ticket's topic
let sound = null;
let alerting = false;
let awake = null;
let following = null; // the line whose order is watched, and how to end it
const title = document.title;

/** Tickets ahead by the shared order; null where it does not tell. */
function ahead() {
  if (!order || state !== "waiting") return null;
  const at = order.order.indexOf(root.dataset.key);
  return at >= 0 ? at : null;
}

/** The people of the first tickets: a group is one ticket and counts each head. */
function people(tickets) {
  return (order.groups || []).reduce((sum, group) => (group[0] < tickets ? sum + group[1] - 1 : sum), tickets);
}

function showPlace() {
  const line = document.getElementById("ahead");
  if (!line || !order) return;
  const n = ahead();
  const beyond = n === null && order.tickets > order.order.length; // the shared order ends before us
  if (n !== null) line.textContent = n === 0 ? word("next") : plural("ahead", people(n));
  else if (beyond) line.textContent = word("many", { n: people(order.order.length) });
  if (n !== null) showWait(waitAt(n));
  else if (beyond && !document.getElementById("wait").hidden) refreshSoon();
  const windows = order.windows_open ? plural("windows", order.windows_open) : word("windows_none");
  document.getElementById("windows").textContent = beyond ? word("in_all", { n: order.count }) + " · " + windows : windows;
}

/** [p50, p90] in minutes at a place, on the straight line between the places that the line's state tells; or null. */
function waitAt(n) {
  const known = order.waits || [];
  const after = known.findIndex((step) => step[0] >= n);
  if (!known.length) return null;
  const above = after < 0 ? known[known.length - 1] : known[after];
  const below = after > 0 ? known[after - 1] : above;
  const part = above[0] > below[0] ? (Math.min(n, above[0]) - below[0]) / (above[0] - below[0]) : 0;
  return [1, 2].map((i) => below[i] + part * (above[i] - below[i]));
}

/** The range in steps of five minutes, as the page says it before the script does (hall/forecast/rounding.py). */
function showWait(wait) {
  const line = document.getElementById("wait");
  if (!line) return;
  line.hidden = !wait;
  if (!wait) return;
  const high = Math.max(5, Math.ceil(wait[1] / 5) * 5);
  const low = Math.min(high, Math.max(5, Math.floor(wait[0] / 5) * 5));
  const range = (first, last) => (first === last ? String(last) : first + "–" + last);
  let said = word("wait_minutes", { range: range(low, high) });
  if (high <= 5) said = word("wait_few");
  else if (high > 90) said = word("wait_hours", { range: range(Math.max(0.5, Math.floor(low / 30) / 2), Math.ceil(high / 30) / 2) });
  document.getElementById("wait-range").textContent = said;
}

let soon = 0;

/** The wait of those whom the shared order no longer reaches: ask anew, but thousands of phones not at once and not often. */
function refreshSoon() {
  if (soon) return;
  soon = setTimeout(() => {
    soon = 0;
    if (state === "waiting") refresh();
  }, 20000 + Math.random() * 100000);
}

function chime() {
  if (!sound) return;
  [[0, 880], [0.28, 660], [0.9, 880], [1.18, 660]].forEach(([at, pitch]) => {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    const start = sound.currentTime + at;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.5, start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.6);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 0.65);
  });
}

const ALARMS = 3; // so many times, until the screen is touched: a phone may lie in a bag
const BETWEEN = 5000;
let alarms = 0;

function alarm() {
  alarms = ALARMS;
  ring();
}

function ring() {
  if (state !== "called" || alarms <= 0) return;
  alarms -= 1;
  setTimeout(ring, BETWEEN);
  // Browsers refuse to vibrate before the first touch, and complain in the console.
  const touched = !navigator.userActivation || navigator.userActivation.hasBeenActive;
  if (touched && navigator.vibrate) navigator.vibrate([400, 200, 400, 200, 800]);
  chime();
}

["pointerdown", "touchstart", "keydown"].forEach((gesture) => document.addEventListener(gesture, () => { alarms = 0; }));

async function stayAwake() {
  if (!navigator.wakeLock || document.hidden) return;
  try {
    awake = await navigator.wakeLock.request("screen");
  } catch (refused) {
    awake = null; // low battery: the page works without
  }
}

function offerAlerts() {
  const button = document.getElementById("alerts");
  if (!button) return;
  button.hidden = alerting;
  button.addEventListener("click", () => {
    const Sound = window.AudioContext || window.webkitAudioContext;
    if (Sound) sound = sound || new Sound();
    if (sound && sound.state === "suspended") sound.resume();
    if (navigator.vibrate) navigator.vibrate(120); // iPhones have none: there the sound alone must do
    alerting = true;
    button.hidden = true;
    stayAwake();
    toast(word("alerts_on"), "good");
  });
}

let fetching = false;
let again = false;
let closing = false; // what was done closes its box, also when another change is being fetched just then

/** Get the ticket's part of the page anew; keeps trying, because a call must not be missed.
    What somebody has just opened stays open. */
async function refresh(keepOpen = true) {
  if (!keepOpen) closing = true;
  if (fetching) { again = true; return; }
  fetching = true;
  let pause = 2000;
  do {
    again = false;
    try {
      const answer = await fetch(root.dataset.address + "?part=1", { cache: "no-store", credentials: "same-origin" });
      if (answer.status === 404) return location.reload(); // the hall knows the ticket no more, and says so in full
      if (!answer.ok) throw new Error(answer.status);
      const part = await answer.text();
      const opened = Array.from(root.querySelectorAll("details[open]"), (box) => box.id);
      root.innerHTML = part;
      if (!closing) opened.forEach((id) => { const box = document.getElementById(id); if (box) box.open = true; });
      closing = false;
      bind();
    } catch (lost) {
      await new Promise((done) => setTimeout(done, pause * (0.7 + 0.6 * Math.random())));
      pause = Math.min(pause * 1.6, 30000); // five thousand phones must not hold down a hall that is coming back
      again = true;
    }
  } while (again);
  fetching = false;
}

function bind() {
  document.body.dataset.state = shown().state;
  document.title = (shown().state === "called" ? word("called_title") + " · " : "") + title;
  refreshAt(shown().until);
  showPlace();
  offerAlerts();
  followHelp(root, refresh, () => { if (alerting) chime(); });
  root.querySelectorAll("form[data-do]").forEach((form) => form.addEventListener("submit", act));
  // `event.submitter` came to phones in 2022 only
  root.querySelectorAll("form[data-do] button").forEach((button) => button.addEventListener("click", () => { pressed = button; }));
}

let pressed = null;
let ending = 0;

/** What is offered ends by time alone (Q6): then the page says so. */
function refreshAt(until) {
  clearTimeout(ending);
  const left = until ? Date.parse(until) - now().getTime() : NaN;
  if (left > 0) ending = setTimeout(refresh, left + 500 + Math.random() * 2000);
}

/** Follow the order of the ticket's line; a transfer leads to another one. */
function follow(topic) {
  if (following && following.topic === topic) return;
  if (following) following.end();
  order = null;
  following = { topic, end: watch(topic, (told) => {
    order = told;
    showPlace();
  }) };
}

async function act(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const verb = form.dataset.do;
  const bodies = { later: () => ({ places: Number(pressed ? pressed.value : 1) }), help: () => helpBody(root) };
  const body = bodies[verb] ? bodies[verb]() : verb === "help-cancel" ? undefined : {};
  form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  try {
    await post(form.dataset.path || "/api/v1/tickets/" + root.dataset.token + "/" + verb, body);
    toast(word("done_" + verb), "good");
  } catch (problem) {
    toast(problem.detail, "bad");
  }
  refresh(false);
}

follow(root.dataset.line);
watch(root.dataset.topic, (told) => {
  const called = told.state === "called" && (state !== "called" || told.times_called > times);
  const changed = revision === null ? told.state !== state || told.times_called !== times : true;
  revision = told.version;
  state = told.state;
  times = told.times_called;
  follow("line:" + told.line);
  if (called) alarm();
  if (changed) refresh();
  if (OVER.indexOf(state) >= 0 && awake) awake.release();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !alerting || OVER.indexOf(state) >= 0) return;
  stayAwake();
  if (sound && sound.state !== "running") sound.resume(); // phones stop it when another app is in front
});
// Brought back from the browser's memory (WeChat, iPhones): what is on it may be an hour old
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
onStatus((status) => { document.documentElement.dataset.live = status.state; });
showStatus(document.getElementById("strip"));
bind();
