/* What all screens on a wall share: the clock, the sign that they are out of date, and a fresh start each night. */

import { onStatus } from "./live.js";
import { businessDate, hhmm, longDate, now, tick } from "./time.js";
import { word } from "./words.js";

const begun = businessDate();

/** Keep the clock and the sign telling the truth; load the page anew after the turn of the business date. */
export function followHealth(sign) {
  const clock = document.getElementById("clock");
  const date = document.getElementById("date");
  let health = null;
  const tell = () => {
    const bad = health && (health.state === "offline" || health.state === "stale");
    sign.hidden = !bad;
    if (bad) sign.textContent = word("not_since", { time: hhmm(health.heard || health.since) });
    document.documentElement.dataset.live = health ? health.state : "connecting";
  };
  onStatus((told) => { health = told; tell(); });
  tick(() => {
    const time = hhmm(now());
    if (clock.textContent !== time) clock.textContent = time;
    if (date && date.textContent !== longDate(now())) date.textContent = longDate(now());
    // Months without a hand: each night the page starts afresh, once the server answers.
    if (businessDate() !== begun && health && health.state === "online") restart();
  });
}

let restarting = false;

function restart() {
  if (restarting) return;
  restarting = true;
  setTimeout(() => location.reload(), 1000 + Math.random() * 60000); // not all screens in one second
}
