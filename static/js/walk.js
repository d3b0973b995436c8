/* The stopwatch of a walk's running step, by the server's clock: a page loaded anew goes on where it was. */

import { noteServerTime, secondsSince, stopwatch, tick } from "./time.js";

const clock = document.getElementById("walk-clock");
if (clock) {
  noteServerTime(clock.dataset.now);
  tick(() => { clock.textContent = stopwatch(secondsSince(clock.dataset.since)); });
}
