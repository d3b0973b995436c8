/* What was scanned stands after the # of the address, which no server sees and no log keeps.
   What the hall writes down of one's turn is there at once; what is being typed is not taken away. */

import { watch } from "./live.js";
import { lifted } from "./pressing.js";
import { showStatus } from "./status.js";

const root = document.getElementById("here");
const fields = Array.from(document.querySelectorAll(".here-code"));
const scanned = location.hash.slice(1);
let late = false;
let fetching = false;
let version = null;

if (/^[0-9]{6}$/.test(scanned) && fields.length === 1) {
  const form = fields[0].form;
  fields[0].value = scanned;
  form.elements.how.value = "scanned";
  fields[0].addEventListener("input", () => { form.elements.how.value = "typed"; });
  form.querySelector("[type=submit]").focus();
}
if (scanned) history.replaceState(null, "", location.pathname);

/** Somebody types, has opened a box, or reads what went wrong. */
const inUse = () => Boolean(root.querySelector("details[open], [role=alert]"))
  || Array.from(root.querySelectorAll(".here-code, input[name=said], textarea")).some((field) => field.value || field === document.activeElement);

async function refresh() {
  if (fetching || inUse()) { late = true; return; }
  fetching = true;
  late = false;
  try {
    const answer = await fetch("/mondays/here?part=1", { cache: "no-store", credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      const part = await answer.text();
      await lifted();
      if (inUse()) late = true;
      else root.innerHTML = part;
    }
  } catch (away) {
    late = true; // the strip tells that the hall does not answer
  }
  fetching = false;
}

if (root.dataset.topic) {
  watch(root.dataset.topic, (told) => {
    if (version !== null && told.version !== version) refresh();
    version = told.version;
  });
  setInterval(() => { if (late) refresh(); }, 5000);
}
showStatus(document.getElementById("live-status"));
document.documentElement.dataset.keys = "on";
