/* The main board: the newest call big, older ones below, people waiting, notices; it speaks what newly appears. */

import { watch } from "./live.js";
import { createVoice } from "./voice.js";
import { fill, followHealth } from "./wall.js";
import { lang, nameOf, word } from "./words.js";

const GLOW = 6000; // ms
const FRESH = 60000; // ms: a call found after a break is spoken only while its holder may still be on the way

const board = document.getElementById("board");
const byId = (id) => document.getElementById(id);
const older = Number(board.dataset.older);
const glowing = new Map(); // key of a call → until when it glows
let known = null; // keys of the calls that this screen has seen; null before the first state

/* Of the screens in a room one speaks; the others are kept quiet by their device, or by sound=0 in their address. */
const first = JSON.parse(byId("first").textContent);
const voice = board.dataset.spoken === "1" ? createVoice(Object.assign(wished(first.voice), {
  chime: board.dataset.chime,
  onSpeak: (item) => { board.dataset.speaking = item ? item.key : ""; },
  onSound: (running) => { byId("silent").hidden = running; },
})) : null;

/** The hall's wishes come with each state: nobody has to walk to a screen because the volume was changed. */
function wished(said) {
  return { english: said.english, volume: said.volume / 100, muteFrom: said.mute_from, muteUntil: said.mute_until };
}

const keyOf = (call) => call.number + "@" + call.called_at + "#" + call.times;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function where(call) {
  const made = element("span", "where");
  const floor = nameOf(call, "area");
  const area = element("span", "area", floor);
  area.dataset.length = floor.length;
  const number = element("b", "", call.window_number);
  const unit = element("span", "unit", word("unit"));
  made.append(area, " ", ...(lang === "en" ? [unit, " ", number] : [number, unit]));
  return made;
}

function swell(node, call) {
  const left = (glowing.get(keyOf(call)) || 0) - Date.now();
  node.classList.toggle("glow", left > 0);
  node.style.animationDelay = left > 0 ? left - GLOW + "ms" : ""; // drawn anew, it goes on where it was
  if (left > 0) setTimeout(() => swell(node, call), left + 50); // and ends, also when no other call comes
}

function showNewest(call) {
  byId("newest").hidden = !call;
  byId("nothing").hidden = Boolean(call);
  if (!call) return;
  const said = where(call);
  said.id = "newest-where";
  if (byId("newest-number").textContent !== call.number) byId("newest-number").textContent = call.number;
  if (byId("newest-where").textContent !== said.textContent) byId("newest-where").replaceWith(said);
  byId("newest-number").dataset.length = call.number.length;
  swell(byId("newest"), call);
}

function showOlder(calls) {
  byId("before").hidden = calls.length === 0;
  fill(byId("older"), calls.map((call) => {
    const row = element("li");
    row.append(element("span", "ticket", call.number), where(call));
    swell(row, call);
    return row;
  }));
}

function showWaiting(waiting) {
  const some = Object.keys(waiting).filter((prefix) => waiting[prefix] > 0);
  fill(byId("waiting"), some.map((prefix) => {
    const cell = element("li");
    cell.append(element("span", "prefix", prefix), element("b", "", waiting[prefix]));
    return cell;
  }));
  byId("waiting").dataset.lines = some.length > 12 ? "many" : "few";
  byId("none-waiting").hidden = some.length > 0;
}

function showNotices(notices) {
  const text = byId("notice-text");
  byId("notice").hidden = notices.length === 0;
  const said = JSON.stringify(notices);
  if (text.dataset.said === said) return; // a notice that runs is not started anew by each call
  text.dataset.said = said;
  fill(text, []);
  notices.forEach((notice) => {
    const english = element("span", "", notice.text_en || "");
    english.lang = "en";
    text.append(element("span", "", notice.text), " ", english, " ");
  });
  run();
}

/** A notice wider than the board runs slowly; one that fits stands still. */
function run() {
  const text = byId("notice-text");
  text.classList.remove("runs");
  const wider = text.scrollWidth - byId("notice").clientWidth;
  text.classList.toggle("runs", wider > 0);
  if (wider > 0) text.style.animationDuration = Math.round(text.scrollWidth / 90) + "s";
}

function fresh(calls, asOf) {
  const seen = known;
  known = new Set(calls.map(keyOf));
  if (seen === null) return []; // a newcomer shows the old calls and keeps quiet about them
  return calls.filter((call) => !seen.has(keyOf(call)) && Date.parse(asOf) - Date.parse(call.called_at) < FRESH);
}

function show(state) {
  const calls = fresh(state.calls, state.as_of).reverse(); // oldest first, as they were called
  calls.forEach((call) => glowing.set(keyOf(call), Date.now() + GLOW));
  glowing.forEach((until, key) => { if (until < Date.now()) glowing.delete(key); });
  showNewest(state.calls[0]);
  showOlder(state.calls.slice(1, older + 1));
  showWaiting(state.waiting);
  showNotices(state.notices);
  if (voice) voice.settle(wished(state.voice));
  if (voice) calls.forEach((call) => voice.announce({ key: keyOf(call), zh: call.speech.zh, en: call.speech.en }));
  board.dataset.version = state.version;
}

known = new Set(first.calls.map(keyOf));
followHealth(byId("stale"));
watch(board.dataset.topic, show);
run();
window.addEventListener("resize", run);
