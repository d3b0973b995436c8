/* The plate over a window: whoever is called or served there, as its own topic tells. */

import { watch } from "./live.js";
import { followHealth } from "./wall.js";
import { word } from "./words.js";

const GLOW = 6000; // ms
const plate = document.getElementById("plate");
const number = document.getElementById("number");
const said = document.getElementById("said");
let newest = null; // key of the last call to this window

function show(shown, glow) {
  number.hidden = !shown.number;
  number.textContent = shown.number;
  number.dataset.length = shown.number.length;
  plate.dataset.state = shown.state || (shown.open ? "open" : "closed");
  said.textContent = word(shown.state || (shown.open ? "open" : "closed"));
  if (!glow) return;
  number.classList.remove("glow");
  void number.offsetWidth; // starts the movement anew
  number.classList.add("glow");
  setTimeout(() => number.classList.remove("glow"), GLOW);
}

watch(plate.dataset.topic, (told) => {
  const call = told.state === "called" ? told.number + "@" + told.called_at : "";
  show(told, call && newest !== null && call !== newest);
  newest = call;
});
followHealth(document.getElementById("stale"));
