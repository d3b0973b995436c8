/* The screen of receptions. Its topic says that something changed; the rows come anew from the server, so that every word
   is said in one place. Syntax and methods of 2018: a television is not renewed. */

import { watch } from "./live.js";
import { followHealth } from "./wall.js";

const GLOW = 6000; // ms
const wall = document.getElementById("mondays");
const list = document.getElementById("main");
let asking = false;
let again = false;

function keys() {
  return Array.from(list.querySelectorAll("[data-key]"), (row) => row.dataset.key);
}

function show(part) {
  const before = keys();
  list.innerHTML = part;
  list.querySelectorAll("[data-key]").forEach((row) => {
    if (!before.length || before.indexOf(row.dataset.key) >= 0) return;
    row.classList.add("glow");
    setTimeout(() => row.classList.remove("glow"), GLOW);
  });
}

function wait(done) {
  setTimeout(done, 5000 + Math.random() * 5000); // not all screens in one second
}

async function ask() {
  if (asking) { again = true; return; }
  asking = true;
  do {
    again = false;
    try {
      const address = location.pathname + (location.search ? location.search + "&" : "?") + "part=1";
      const answer = await fetch(address, { cache: "no-store", credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
    } catch (problem) {
      await new Promise(wait);
      again = true;
    }
  } while (again);
  asking = false;
}

watch(wall.dataset.topic, ask);
followHealth(document.getElementById("stale"));
