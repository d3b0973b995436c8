/* The manager's room: live by its topic and each minute; what changed is fetched as a part of the page. */

import { post } from "./api.js";
import { h } from "./kiosk-dom.js";
import { watch } from "./live.js";
import { lifted } from "./pressing.js";
import { showStatus } from "./status.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const EVERY = 60000;
const root = document.getElementById("room");
let late = false;
let version = null;
let fetching = false;

/** A form in somebody's hands is not taken from under them. */
const inUse = () => Boolean(root.querySelector("details[open] form"));

async function refresh(force) {
  if (fetching || (!force && inUse())) { late = true; return; }
  fetching = true;
  late = false;
  try {
    const answer = await fetch(location.pathname + "?part=1", { cache: "no-store", credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      const part = await answer.text();
      await lifted();
      if (force || !inUse()) { root.innerHTML = part; bind(); } else late = true;
    }
  } catch (away) {
    late = true; // the strip tells that the hall does not answer
  }
  fetching = false;
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const keys = form.querySelectorAll("button");
  const body = Object.fromEntries(Array.from(form.elements).filter((input) => input.name).map((input) => [input.name, input.type === "checkbox" ? input.checked : input.value.trim()]));
  keys.forEach((key) => { key.disabled = true; });
  form.querySelectorAll(".wrong-text").forEach((text) => text.remove());
  try {
    await post(form.dataset.path, body);
    toast(word("sent"), "good");
    await refresh(true);
  } catch (problem) {
    const [name, said] = Object.entries(problem.errors || {})[0] || [];
    const input = name && form.elements[name];
    if (input) input.insertAdjacentElement("afterend", h("span", { class: "wrong-text", role: "alert" }, said[0]));
    else toast(problem.detail || word("server"), "bad");
    if (problem.status === 409) await refresh(true);
  }
  keys.forEach((key) => { key.disabled = false; });
}

function bind() {
  root.querySelectorAll("form[data-path]").forEach((form) => form.addEventListener("submit", send));
  root.querySelectorAll("details").forEach((box) => box.addEventListener("toggle", () => { if (!box.open && late) refresh(); }));
}

watch(root.dataset.topic, (told) => {
  if (version !== null && told.version !== version) refresh();
  version = told.version;
});
setInterval(refresh, EVERY);
setInterval(() => { if (late) refresh(); }, 5000);
showStatus(document.getElementById("live-status"));
bind();
document.documentElement.dataset.keys = "on";
