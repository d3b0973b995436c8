/* The live channel: watch a topic, get its whole small state now and after each change.
   No command goes this way. Needs the classic script vendor/socket.io-client before it (global `io`). */

import { noteServerTime, now } from "./time.js";

const SILENCE = 60000; // ms without a word: ask again
const STALE = 90000; // ms without a word: say so
const ANSWER = 10000; // ms to wait for an acknowledgement
const GRACE = 4000; // ms of connecting before it is called offline
const LOOK = 5000;
const LONGEST = /phone|public/.test(document.documentElement.dataset.surface) ? 15000 : 2000; // ms; crowds take turns

const topics = new Map(); // topic → {topic, listeners, version, state, heard, asked, pushes, failures}
const hearers = new Set();
let socket = null;
let token = null;
const device = document.querySelector('meta[name="hall-device"]') !== null; // its cookie says which
let told = { state: "connecting", since: new Date(), heard: null };
let knocks = 0;

/** For clients that are not a browser session: the token of a device. Call it before the first watch. */
export function identify(given) {
  token = given;
}

/** `onState(state)` now (if known) and after each change; `onRefused(code)` if the topic is not for us.
    Returns unwatch(). */
export function watch(topic, onState, onRefused) {
  const listener = { onState, onRefused };
  let entry = topics.get(topic);
  if (!entry) {
    entry = { topic, listeners: new Set(), version: -1, state: null, heard: 0, asked: 0, pushes: 0, failures: 0 };
    topics.set(topic, entry);
  }
  entry.listeners.add(listener);
  if (entry.state) onState(entry.state);
  open();
  if (!entry.state) ask(entry);
  return () => {
    if (!entry.listeners.delete(listener) || entry.listeners.size) return;
    topics.delete(topic);
    if (socket && socket.connected) socket.emit("unwatch", { topic });
  };
}

/** `callback({state, since, heard})` now and whenever it changes; state: connecting, online, stale, offline;
    `heard` is when the last state came. Returns a function that ends it. */
export function onStatus(callback) {
  hearers.add(callback);
  callback(told);
  return () => hearers.delete(callback);
}

/** When a state last came, by the server's clock (a television's own may be years off); null before the first. */
export function lastHeard() {
  let heard = 0;
  topics.forEach((entry) => { heard = Math.max(heard, entry.heard); });
  return heard ? new Date(now().getTime() - (Date.now() - heard)) : null;
}

function open() {
  if (socket || typeof window.io !== "function") return;
  socket = window.io("/live", {
    transports: ["websocket"],
    upgrade: false,
    auth: (give) => give(token ? { token } : device ? { device: true } : {}),
    reconnectionDelay: 1000,
    reconnectionDelayMax: LONGEST,
    timeout: 10000,
  });
  socket.on("connect", () => {
    knocks = 0;
    topics.forEach(ask);
    look();
  });
  socket.on("state", (state) => hear(state, true));
  socket.on("disconnect", (reason) => {
    if (reason === "io server disconnect") knock();
    look();
  });
  socket.on("connect_error", () => {
    if (!socket.active) knock(); // refused by the namespace: the library does not try again by itself
    look();
  });
}

function knock() {
  knocks += 1;
  setTimeout(() => socket.connect(), Math.min(1000 * 2 ** knocks, LONGEST) * (0.5 + Math.random()));
}

function ask(entry) {
  if (!socket || !socket.connected) return;
  const pushes = entry.pushes;
  entry.asked = Date.now();
  const message = entry.version < 0 ? { topic: entry.topic } : { topic: entry.topic, version: entry.version };
  socket.timeout(ANSWER).emit("watch", message, (late, answer) => {
    if (topics.get(entry.topic) !== entry) return;
    if (late || !answer) return; // `look` asks again after a while
    if (!answer.ok) return refused(entry, answer.code);
    entry.failures = 0;
    entry.heard = Date.now();
    // An answer with a lower version, and nothing pushed meanwhile: the server came back from an older copy.
    if (answer.state && answer.state.version < entry.version && entry.pushes === pushes) entry.version = -1;
    if (answer.state) hear(answer.state, false);
    look();
  });
}

function refused(entry, code) {
  entry.failures += 1;
  entry.asked = Date.now();
  entry.listeners.forEach((listener) => listener.onRefused && listener.onRefused(code));
}

function hear(state, pushed) {
  const entry = state && topics.get(state.topic);
  if (!entry) return;
  if (pushed) entry.pushes += 1;
  entry.heard = Date.now();
  noteServerTime(state.as_of);
  // An answer may tell more under the version that we have: its publication was lost on the way
  const healed = !pushed && state.version === entry.version && content(state) !== content(entry.state);
  const newer = state.version > entry.version || healed;
  if (newer) {
    entry.version = state.version;
    entry.state = state;
    entry.listeners.forEach((listener) => {
      try {
        listener.onState(state);
      } catch (broken) {
        setTimeout(() => { throw broken; }); // one listener's fault is shown, and stops no other
      }
    });
  }
  look();
}

function content(state) {
  return JSON.stringify(Object.assign({}, state, { as_of: "" }));
}

function status() {
  if (!socket || !socket.connected) return "offline";
  const late = Date.now() - STALE;
  let waiting = false;
  let stale = false;
  topics.forEach((entry) => {
    if (entry.failures) return;
    if (!entry.heard) waiting = true;
    if (entry.heard && entry.heard < late) stale = true;
  });
  if (stale) return "stale";
  return waiting ? "connecting" : "online";
}

function look() {
  let state = status();
  const begun = told.since.getTime();
  if ((state === "offline" || state === "connecting") && told.state === "connecting") {
    state = Date.now() - begun < GRACE ? "connecting" : "offline";
  } else if (state === "connecting" && told.state === "offline") {
    state = "offline"; // until the first state is really here
  }
  const changed = state !== told.state;
  told = { state, since: changed ? new Date() : told.since, heard: lastHeard() || told.heard };
  if (changed) hearers.forEach((callback) => callback(told));
}

function freshen() {
  const present = Date.now();
  topics.forEach((entry) => {
    const pace = entry.failures ? Math.min(SILENCE * entry.failures, 10 * SILENCE) : SILENCE;
    const last = Math.max(entry.heard, entry.asked);
    const due = entry.heard || entry.failures ? pace : ANSWER;
    if (present - last > due * (1 + Math.random() * 0.1)) ask(entry);
  });
  look();
}

setInterval(freshen, LOOK);
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !socket) return;
  if (socket.connected) topics.forEach(ask);
  else socket.connect(); // a phone that slept: do not wait for the back-off
});
window.addEventListener("online", () => { if (socket && !socket.connected) socket.connect(); });
