/* The countdown of a held time, by the server's clock; without scripts the page says until when it is held. */

import { noteServerTime, now, tick } from "./time.js";
import { plural, word } from "./words.js";

const TOLD = [5, 2, 1]; // minutes at which a screen reader hears it

/** Count down what the page holds, if it holds a time. Returns stop(). */
export function countDown() {
  const held = document.getElementById("held");
  const left = document.getElementById("held-left");
  const said = document.getElementById("held-said");
  if (!held || !left || !said) return () => {};
  noteServerTime(held.dataset.now);
  const until = new Date(held.dataset.until);
  let told = 99;
  left.hidden = false;
  return tick(() => {
    const seconds = Math.max(0, Math.ceil((until - now()) / 1000));
    const minutes = Math.ceil(seconds / 60);
    if (seconds === 0) {
      held.classList.add("over");
      left.textContent = word("over");
      said.textContent = word("over");
      return;
    }
    left.textContent = word("left", { m: Math.floor(seconds / 60), s: seconds % 60 });
    held.classList.toggle("near", seconds <= 120);
    const step = TOLD.find((at) => minutes === at && told > at);
    if (step) {
      told = step;
      said.textContent = plural("left_said", step);
    }
  });
}
