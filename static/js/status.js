/* The status strip: whether the page is up to date, and as of when (trust mark). */

import { onStatus } from "./live.js";
import { hhmm } from "./time.js";
import { word } from "./words.js";

/** Keep an element with class `strip` telling the truth. Returns a function that ends it. */
export function showStatus(element) {
  element.hidden = false;
  return onStatus((status) => {
    element.dataset.state = status.state;
    const time = hhmm(status.heard || status.since);
    element.textContent = word(status.state, { time });
  });
}
