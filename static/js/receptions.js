/* A reception before the manager: what somebody asks or signs meanwhile is fetched as a part of the page. */

import { watch } from "./live.js";
import { lifted } from "./pressing.js";
import { showStatus } from "./status.js";

const root = document.getElementById("reception");
const KEPT = ["reception-past"]; // boxes that stay open
let version = null;
let fetching = false;
let again = false;

/** Which key has the focus, so that it has it afterwards, too. */
const focused = () => {
  const form = document.activeElement && root.contains(document.activeElement) && document.activeElement.closest("form");
  return form ? form.getAttribute("action") : null;
};

async function refresh() {
  if (fetching) { again = true; return; }
  fetching = true;
  again = false;
  try {
    const answer = await fetch(root.dataset.address + "&part=1", { cache: "no-store", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const part = await answer.text();
    await lifted();
    const open = KEPT.filter((id) => { const box = document.getElementById(id); return box && box.open; });
    const action = focused();
    const typed = Array.from(root.querySelectorAll("input[name=beyond]"), (field) => [field.id, field.value, field === document.activeElement]);
    root.innerHTML = part;
    typed.forEach(([id, text, here]) => { // a reason that somebody is writing stays
      const field = document.getElementById(id);
      if (field) field.value = text;
      if (field && here) field.focus();
    });
    open.forEach((id) => { const box = document.getElementById(id); if (box) box.open = true; });
    const key = action && root.querySelector(`form[action="${CSS.escape(action)}"] button`);
    if (key && document.activeElement === document.body) key.focus();
  } catch (_trouble) {
    setTimeout(refresh, 3000);
  }
  fetching = false;
  if (again) refresh();
}

watch(root.dataset.topic, (told) => {
  if (version !== null && told.version !== version) refresh();
  version = told.version;
});
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
showStatus(document.getElementById("live-status"));
document.documentElement.dataset.keys = "on";
