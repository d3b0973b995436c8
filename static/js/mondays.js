/* The Mondays of a director or liaison: live, three taps to a seat, every form a command. What changed is fetched as a part of the page. */

import { newKey, post } from "./api.js";
import { h } from "./kiosk-dom.js";
import { watch } from "./live.js";
import { lifted } from "./pressing.js";
import { showStatus } from "./status.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const root = document.getElementById("mondays");
const dialog = document.getElementById("sign-up");
const trouble = document.getElementById("sign-up-trouble");
let late = false;
let fetching = null;
let seat = null; // the one that the dialog asks about: {key, session, intention}
let sending = false;

/** A form in somebody's hands is not taken from under them. */
const inUse = () => Boolean(root.querySelector("details[open] form"));

async function fetchPart(force, done) {
  late = false;
  const answer = await fetch(root.dataset.address + (root.dataset.address.indexOf("?") < 0 ? "?" : "&") + "part=1", { cache: "no-store", credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  const part = await answer.text();
  await lifted();
  if (!force && inUse()) { late = true; return; } // opened meanwhile
  const opened = Array.from(root.querySelectorAll("details[open][id]"), (box) => box.id).filter((id) => id !== done);
  const focused = document.activeElement && document.activeElement.id;
  root.innerHTML = part;
  opened.forEach((id) => { const box = document.getElementById(id); if (box) box.open = true; });
  if (focused && document.activeElement === document.body) { const again = document.getElementById(focused); if (again) again.focus(); }
  bind();
  checkSeat();
}

/** Get the part anew. What somebody has opened stays open, but the box whose command was just carried out. */
async function refresh(force, done) {
  if (!force && inUse()) { late = true; return; }
  if (fetching) { late = true; await fetching; if (!force) return; }
  fetching = fetchPart(force, done).catch(() => { setTimeout(() => refresh(force), 3000); });
  await fetching;
  fetching = null;
  if (late) await refresh(false);
}

const freeIn = (session) => Array.from(root.querySelectorAll(`[data-session="${session}"] [data-seat]:not(:disabled)`));

/** A liaison of several departments signs up for one that has no turn on that day yet. */
function offerPeople(taken) {
  const people = dialog.querySelector("select[name=person]");
  if (!people) return;
  const options = Array.from(people.options);
  options.forEach((option) => { option.disabled = taken.indexOf(option.dataset.body) >= 0; });
  if (people.selectedOptions[0].disabled) (options.find((option) => !option.disabled) || options[0]).selected = true;
  offerMatters();
}

function offerMatters() {
  const people = dialog.querySelector("select[name=person]");
  dialog.querySelector("[name=matters]").value = people.selectedOptions[0].dataset.matters;
}

/** Ask once more, before the seat is taken: the third tap says yes. */
function choose(key) {
  seat = { key: key.dataset.seat, session: key.closest("[data-session]").dataset.session, intention: newKey() };
  document.getElementById("sign-up-seat").textContent = key.dataset.words;
  offerPeople(key.closest("[data-session]").dataset.taken.split(" "));
  trouble.replaceChildren();
  dialog.querySelector("[type=submit]").disabled = false;
  if (!dialog.open) dialog.showModal();
}

/** Somebody was faster: what happened, and what is still free on that day. */
function lose(said) {
  const others = freeIn(seat.session);
  trouble.replaceChildren(h("div", { class: "summary" },
    h("p", {}, h("strong", {}, said)),
    h("p", {}, word(others.length ? "still_free" : "none_free")),
    h("div", { class: "monday-still" }, others.map((key) => h("button", { class: "button wide", type: "button", on: () => choose(key) }, key.dataset.words)))));
  dialog.querySelector("[type=submit]").disabled = true;
  const first = trouble.querySelector("button") || dialog.querySelector("[data-close]");
  first.focus();
}

/** The seat in the dialog may be gone by what has just come. */
function checkSeat() {
  if (!dialog || !dialog.open || !seat || sending || trouble.childElementCount) return;
  if (!freeIn(seat.session).some((key) => key.dataset.seat === seat.key)) lose(word("lost"));
}

async function signUp(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const key = form.querySelector("[type=submit]");
  const body = { person: Number(new FormData(form).get("person")), matters: form.elements.matters.value.trim() };
  key.disabled = true;
  sending = true;
  try {
    await post(`/api/v1/seats/${seat.key}/sign-up`, body, { key: seat.intention });
    dialog.close();
    toast(word("signed_up"), "good");
    await refresh(true);
  } catch (problem) {
    seat.intention = newKey();
    if (problem.status === 409) {
      await refresh(true);
      lose(problem.detail);
    } else {
      key.disabled = false;
      trouble.replaceChildren(h("div", { class: "summary" }, h("p", {}, problem.detail || word("server"))));
    }
  } finally {
    sending = false;
  }
}

function bodyOf(form) {
  const body = {};
  Array.from(form.elements).forEach((input) => {
    if (!input.name) return;
    const value = input.dataset.kind === "number" ? Number(input.value) : input.value.trim();
    if (value !== "") body[input.name] = value;
  });
  return Object.keys(body).length ? body : undefined;
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const keys = form.querySelectorAll("button");
  keys.forEach((key) => { key.disabled = true; });
  form.querySelectorAll(".wrong-text").forEach((text) => text.remove());
  try {
    await post(form.dataset.path, bodyOf(form));
    toast(word("sent"), "good");
    const box = form.closest("details");
    await refresh(true, box ? box.id : "");
  } catch (problem) {
    tell(form, problem);
    if (problem.status === 409) await refresh(true);
  }
  keys.forEach((key) => { key.disabled = false; });
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

function bind() {
  root.querySelectorAll("form[data-path]").forEach((form) => form.addEventListener("submit", send));
  root.querySelectorAll("[data-seat]").forEach((key) => key.addEventListener("click", () => choose(key)));
  root.querySelectorAll("details").forEach((box) => box.addEventListener("toggle", () => { if (!box.open && late) refresh(); }));
}

if (dialog) {
  dialog.querySelector("form").addEventListener("submit", signUp);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  const people = dialog.querySelector("select[name=person]");
  if (people) people.addEventListener("change", offerMatters);
}
let version = null;
if (root.dataset.topic) {
  watch(root.dataset.topic, (told) => {
    if (version !== null) refresh(false);
    version = told.version;
  });
}
setInterval(() => { if (late) refresh(); }, 5000);
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(true); });
showStatus(document.getElementById("live-status"));
bind();
document.documentElement.dataset.keys = "on";
