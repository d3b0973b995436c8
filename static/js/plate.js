/* The plate over a window. The board's topic says that something changed and which call is newest here; whether the
   window is open, or done with the call, the plate asks for itself. */

import { get } from "./api.js";
import { watch } from "./live.js";
import { followHealth } from "./wall.js";
import { word } from "./words.js";

const GLOW = 6000; // ms
const plate = document.getElementById("plate");
const number = document.getElementById("number");
const said = document.getElementById("said");
let newest = null; // key of the last call to this window
let asking = false;
let again = false;

function show(shown, glow) {
  number.hidden = !shown.number;
  number.textContent = shown.number;
  number.dataset.length = shown.number.length;
  plate.dataset.state = shown.state || (shown.open ? "open" : "closed");
  said.textContent = word(plate.dataset.state === "called" || plate.dataset.state === "serving" ? plate.dataset.state : shown.open ? "open" : "closed");
  if (!glow) return;
  number.classList.remove("glow");
  void number.offsetWidth; // starts the movement anew
  number.classList.add("glow");
  setTimeout(() => number.classList.remove("glow"), GLOW);
}

async function ask() {
  if (asking) { again = true; return; }
  asking = true;
  do {
    again = false;
    try {
      show(await get(location.pathname.replace(/\/$/, "") + "/state"), false);
    } catch (problem) {
      await new Promise((done) => setTimeout(done, 5000 + Math.random() * 5000));
      again = true;
    }
  } while (again);
  asking = false;
}

watch(plate.dataset.topic, (state) => {
  const call = state.calls.find((one) => one.window === plate.dataset.window);
  const key = call ? call.number + "@" + call.called_at : "";
  if (call && newest !== null && key !== newest) show({ number: call.number, state: "called", open: true }, true);
  newest = key;
  ask();
});
followHealth(document.getElementById("stale"));
