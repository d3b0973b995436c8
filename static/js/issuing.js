/* The issue window by keyboard: Alt N calls, begins and finishes, Alt 1 opens the first result, Alt W leads to the console;
   in the list, arrows walk through the rows and / searches. */

import { post } from "./api.js";
import { word } from "./words.js";

const find = document.getElementById("field-q");
const away = document.getElementById("to-window");
const turn = document.getElementById("turn");
const said = document.getElementById("turn-said");
const ways = Array.from(document.querySelectorAll(".issuing-table a.button"));

/** The next step of the number at the window; the page is read anew when it is done. */
async function go() {
  if (turn.disabled) return;
  turn.disabled = true;
  said.textContent = "";
  const { window: code, verb } = turn.dataset;
  const body = verb === "finish" ? { outcome: "collected" } : undefined;
  try {
    const ticket = await post("/api/v1/windows/" + encodeURIComponent(code) + "/" + verb, body);
    if (verb !== "call-next" || ticket) return location.assign("/issuing");
    said.textContent = word("nobody");
  } catch (problem) {
    said.textContent = problem.detail;
  }
  turn.disabled = false;
  return turn.focus();
}

function walk(step) {
  const next = ways.indexOf(document.activeElement) + step;
  (next < 0 ? find : ways[Math.min(next, ways.length - 1)]).focus();
}

function withAlt(code) {
  if (code === "KeyW" && away) location.href = away.href;
  else if (code === "KeyN" && turn) go();
  else if (code === "Digit1" && ways.length) location.href = ways[0].href;
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.altKey) {
    if (!withAlt(event.code)) return;
  } else if (step && find && ways.length) walk(step);
  else if (event.key === "/" && find && document.activeElement !== find) find.select();
  else return;
  event.preventDefault();
});
if (turn) turn.addEventListener("click", go);
document.documentElement.dataset.keys = "on";
