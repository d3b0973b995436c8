/* Nothing is exchanged under a finger: a key that goes away between down and up was pressed for nothing. */

let done = null;
let up = Promise.resolve();

function lift() {
  const free = done;
  done = null;
  if (free) setTimeout(free, 0); // the click comes first
}

document.addEventListener("pointerdown", () => {
  if (!done) up = new Promise((free) => { done = free; });
}, true);
["pointerup", "pointercancel"].forEach((name) => document.addEventListener(name, lift, true));
window.addEventListener("blur", lift);

/** Resolves as soon as nothing is pressed. */
export const lifted = () => up;
