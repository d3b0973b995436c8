/* What all screens on a wall share: the clock, as of when it shows, the sign that it is out of date, and a fresh start
   each night. Syntax and methods of 2018: a television is not renewed. */

import { lastHeard, onStatus } from "./live.js";
import { businessDate, hhmm, longDate, noteServerTime, now, tick } from "./time.js";
import { word } from "./words.js";

/** Keep the clock and the sign telling the truth; load the page anew after the turn of the business date. */
export function followHealth(sign) {
  const clock = document.getElementById("clock");
  const date = document.getElementById("date");
  const asOf = document.getElementById("as-of");
  // By the server's clock from the start: a television that believes it is 2019 must not begin afresh for ever
  noteServerTime(document.querySelector(".wall").dataset.asOf);
  const begun = businessDate();
  let health = null;
  const tell = () => {
    const bad = health && (health.state === "offline" || health.state === "stale");
    sign.hidden = !bad;
    sign.parentNode.classList.toggle("is-stale", Boolean(bad));
    if (bad) sign.textContent = word("not_since", { time: hhmm(health.heard || health.since) });
    document.documentElement.dataset.live = health ? health.state : "connecting";
  };
  onStatus((told) => { health = told; tell(); });
  tick(() => {
    const time = hhmm(now());
    if (clock.textContent !== time) clock.textContent = time;
    const heard = lastHeard();
    const said = heard ? word("as_of", { time: hhmm(heard) }) : asOf.textContent;
    if (asOf.textContent !== said) asOf.textContent = said;
    if (date && date.textContent !== longDate(now())) date.textContent = longDate(now());
    // Months without a hand: each night the page starts afresh, once the server answers.
    if (businessDate() !== begun && health && health.state === "online") restart();
  });
}

let restarting = false;

function restart() {
  if (restarting) return;
  restarting = true;
  setTimeout(reload, 1000 + Math.random() * 60000); // not all screens in one second
}

/** Only while the server answers: a browser's own error page would hang on the wall until somebody comes. */
function reload() {
  fetch(location.href, { cache: "no-store" })
    .then((answer) => (answer.ok ? location.reload() : Promise.reject(new Error("not now"))))
    .catch(() => setTimeout(reload, 10000));
}

/** Replace what an element holds (`replaceChildren` came to browsers in 2020 only). */
export function fill(element, children) {
  while (element.firstChild) element.removeChild(element.firstChild);
  children.forEach((child) => element.appendChild(child));
}
