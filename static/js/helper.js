/* A helper's pages: live, loud when somebody calls, and every form a command. What changed is fetched as a part of the page. */

import { post } from "./api.js";
import { h } from "./kiosk-dom.js";
import { watch } from "./live.js";
import { lifted } from "./pressing.js";
import { showStatus } from "./status.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const RING = 4000; // ms between two rings, while somebody waits
const root = document.getElementById("helper");
const title = document.title;
let sound = null;
let rung = ringing();
let loud = 0;

function ringing() {
  return Array.from(root.querySelectorAll("[data-ringing]"), (box) => box.dataset.ringing);
}

function chime() {
  if (!sound) return;
  [[0, 784], [0.22, 988], [0.44, 1175]].forEach(([at, pitch]) => {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    const start = sound.currentTime + at;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.5, start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.4);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 0.45);
  });
}

/** Ring until nobody waits any more, or the helper has touched the screen. */
function ring() {
  clearTimeout(loud);
  if (!ringing().length) return;
  const touched = !navigator.userActivation || navigator.userActivation.hasBeenActive; // else browsers refuse, and complain
  if (touched && navigator.vibrate) navigator.vibrate([300, 150, 300]);
  chime();
  loud = setTimeout(ring, RING);
}

// A page may sound only after a touch: the first one opens the way, each silences what rings
document.addEventListener("pointerdown", () => {
  const Sound = window.AudioContext || window.webkitAudioContext;
  if (!sound && Sound) sound = new Sound();
  if (sound && sound.state === "suspended") sound.resume();
  clearTimeout(loud);
});

/** A form in somebody's hands is not taken from under them. */
const inUse = () => Boolean(root.querySelector("details[open] form")) || root.contains(document.activeElement)
  && ["INPUT", "TEXTAREA", "SELECT"].indexOf(document.activeElement.tagName) >= 0;

let late = false;
let fetching = false;

/** What stands in the boxes that are open, but the one whose command was just carried out. */
function typedIn(done) {
  return Array.from(root.querySelectorAll("details[open][id]")).filter((box) => box.id !== done).map((box) => (
    { id: box.id, fields: Array.from(box.querySelectorAll("input, select, textarea"), (field) => [field.id, field.value, field.checked]) }));
}

function typeAgain(boxes) {
  boxes.forEach(({ fields }) => fields.forEach(([id, value, checked]) => {
    const field = id && document.getElementById(id);
    if (!field || field.type === "hidden") return;
    if (field.type === "radio" || field.type === "checkbox") field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event("change"));
  }));
}

/** Whom somebody has opened stays open: that is written down, and a notice of something else must not ask for it twice. */
function openAgain(people) {
  people.forEach((person) => {
    const form = Array.from(root.querySelectorAll("form[data-reveal]")).find((one) => one.dataset.path === person.dataset.path);
    if (form) form.replaceWith(person);
  });
}

/** Get the part anew. What somebody has opened stays open, but the box whose command was just carried out. */
async function refresh(force, done) {
  if (fetching || (!force && inUse())) { late = true; return; }
  fetching = true;
  late = false;
  try {
    const answer = await fetch(root.dataset.address + "?part=1", { cache: "no-store", credentials: "same-origin" });
    if (answer.status === 403 || answer.status === 404) return location.assign("/helper");
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const part = await answer.text();
    await lifted();
    if (!force && inUse()) { late = true; return null; } // opened meanwhile
    const typed = typedIn(done);
    const opened = Array.from(root.querySelectorAll("details[open][id]"), (box) => box.id).filter((id) => id !== done);
    const people = done === "box-person" ? [] : Array.from(root.querySelectorAll(".helper-person"));
    root.innerHTML = part;
    openAgain(people);
    opened.forEach((id) => { const box = document.getElementById(id); if (box) box.open = true; });
    bind();
    typeAgain(typed);
  } catch (lost) {
    setTimeout(() => refresh(force), 3000);
  } finally {
    fetching = false;
  }
  if (late) refresh();
}

const KINDS = { flag: (input) => (input.type === "checkbox" ? input.checked : input.value === "true"), number: (input) => Number(input.value) };

function bodyOf(form) {
  const body = {};
  Array.from(form.elements).forEach((input) => {
    if (!input.name || input.disabled || (input.type === "radio" && !input.checked)) return;
    const read = KINDS[input.dataset.kind];
    const value = read ? read(input) : input.value.trim();
    if (value !== "") body[input.name] = value;
  });
  if (form.dataset.path.slice(-5) === "/note" && !body.note) body.note = "";
  return Object.keys(body).length ? body : undefined;
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const keys = form.querySelectorAll("button");
  keys.forEach((key) => { key.disabled = true; });
  form.querySelectorAll(".wrong-text").forEach((text) => text.remove());
  try {
    const answer = await post(form.dataset.path, bodyOf(form));
    if ("reveal" in form.dataset) return show(form, answer);
    if (form.dataset.next && answer.token) return location.assign(form.dataset.next + answer.token);
    if (form.dataset.home) return location.assign(form.dataset.home);
    toast(word("sent"), "good");
    const box = form.closest("details");
    await refresh(true, box ? box.id : "");
  } catch (problem) {
    tell(form, problem);
    if (problem.status === 409) refresh(true);
  }
  keys.forEach((key) => { key.disabled = false; });
  return null;
}

/** At the field where one is at fault, else above the page's edge. */
function tell(form, problem) {
  let told = false;
  Object.entries(problem.errors || {}).forEach(([name, messages]) => {
    const input = form.elements[name];
    if (!input || !input.insertAdjacentElement) return;
    input.insertAdjacentElement("afterend", h("span", { class: "wrong-text", role: "alert" }, messages[0]));
    told = true;
  });
  if (!told) toast(problem.detail || word("server"), "bad");
}

/** What was sealed, until one leaves the page or changes it; it is nowhere else. The page may have renewed itself meanwhile. */
function show(form, person) {
  const pairs = h("dl", { class: "pairs helper-person", "data-path": form.dataset.path }, Object.keys(person).filter((name) => person[name]).flatMap((name) => [
    h("dt", {}, word(name)),
    h("dd", {}, name === "phone" ? h("a", { href: "tel:" + person[name] }, person[name]) : person[name])]));
  if (form.isConnected) form.replaceWith(pairs);
  else openAgain([pairs]);
  return null;
}

function bind() {
  root.querySelectorAll("form[data-path]").forEach((form) => form.addEventListener("submit", send));
  root.querySelectorAll("[data-shows]").forEach((box) => box.addEventListener("change", () => {
    box.form.elements[box.dataset.shows].disabled = !box.checked;
  }));
  root.querySelectorAll("details").forEach((box) => box.addEventListener("toggle", () => { if (!box.open && late) refresh(); }));
  const now = ringing();
  document.title = (now.length ? word("ringing_title") + " · " : "") + title;
  if (now.some((token) => rung.indexOf(token) < 0)) ring();
  rung = now;
}

let version = null;
watch(root.dataset.topic, (told) => {
  const first = version === null;
  version = told.version;
  const calls = told.calls.map((call) => call.token).join();
  if (!first || calls !== rung.join()) refresh(calls !== rung.join());
});
if (root.dataset.ticket) watch(root.dataset.ticket, () => refresh());
setInterval(() => { if (late) refresh(); }, 5000);
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(true, "box-person"); }); // back from elsewhere: nobody is open
showStatus(document.getElementById("live-status"));
bind();
if (rung.length) ring();
