/* A kiosk that nobody touches goes home, with a countdown that can be seen and stopped. */

import { word } from "./words.js";

const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input", "touchstart"];

/** After `seconds` (30) without a touch call `goHome()`; during the last `warn` (10) show the countdown in `element`.
    Returns {touch, hold, release, stop}: `hold` while something runs by itself, such as printing. */
export function idle(goHome, element, options) {
  const wish = Object.assign({ seconds: 30, warn: 10 }, options);
  let last = Date.now();
  let holds = 0;

  const touch = () => {
    last = Date.now();
    if (element) element.hidden = true;
  };
  const look = () => {
    if (holds) return touch();
    const left = Math.ceil(wish.seconds - (Date.now() - last) / 1000);
    if (left <= 0) {
      touch();
      goHome();
    } else if (element && left <= wish.warn) {
      element.hidden = false;
      element.textContent = word("home_in", { n: left });
    }
  };
  const timer = setInterval(look, 250);
  SIGNS_OF_LIFE.forEach((sign) => document.addEventListener(sign, touch, { capture: true, passive: true }));

  return {
    touch,
    hold() { holds += 1; },
    release() { holds = Math.max(0, holds - 1); touch(); },
    stop() {
      clearInterval(timer);
      SIGNS_OF_LIFE.forEach((sign) => document.removeEventListener(sign, touch, { capture: true }));
      if (element) element.hidden = true;
    },
  };
}
