/* What all parts of the form's page share. */

import { h } from "./kiosk-dom.js";

export const byId = (id) => document.getElementById(id);
export const start = JSON.parse(byId("start").textContent);

/** Show text in a place, hidden when there is none. */
export function say(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

/** A button. */
export const button = (text, run, css) => h("button", { type: "button", class: ("button " + (css || "")).trim(), on: run }, text);

export { h };
