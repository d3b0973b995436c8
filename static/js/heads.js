/* Lists of receptions and matters: their topic says that something changed, the part comes anew from the server. A form in
   somebody's hands is not taken from under them. */

import { watch } from "./live.js";
import { lifted } from "./pressing.js";

const root = document.getElementById("receptions");
let asking = false;
let again = false;

const inUse = () => Boolean(root.querySelector("details[open]"))
  || (root.contains(document.activeElement) && ["INPUT", "TEXTAREA", "SELECT"].indexOf(document.activeElement.tagName) >= 0);

async function ask() {
  if (asking || inUse()) { again = true; return; }
  asking = true;
  again = false;
  try {
    const answer = await fetch(root.dataset.address + "?part=1", { cache: "no-store", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const part = await answer.text();
    await lifted();
    root.innerHTML = part;
  } catch (lost) {
    setTimeout(ask, 5000 + Math.random() * 5000);
  }
  asking = false;
  if (again) ask();
}

if (root.dataset.topic) watch(root.dataset.topic, ask);
root.addEventListener("focusout", () => { if (again) setTimeout(ask, 500); });
