/* Booking at a kiosk: digits, the slip, and home by itself: a time that is only held is given back on the way. */

import { word } from "./words.js";

const leave = document.getElementById("leave");
const said = document.getElementById("home-in");
const phone = document.getElementById("phone");
const print = document.getElementById("print");
const LONGEST = 12;
let touched = Date.now();
let resting = false; // a finger lies on the screen
let going = false;

["pointerdown", "keydown", "pointerup", "pointercancel"].forEach((sign) => document.addEventListener(sign, () => {
  touched = Date.now();
  resting = sign === "pointerdown";
}, true));
document.addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("submit", (event) => {
  if (going) event.preventDefault(); // the second touch of a hasty double tap
  going = true;
});
window.addEventListener("pageshow", () => { going = false; });

setInterval(() => {
  if (resting) touched = Date.now();
  const left = Number(said.dataset.after) - Math.floor((Date.now() - touched) / 1000);
  said.hidden = false;
  said.textContent = word("home_in", { n: Math.max(0, left) });
  if (left > 0 || going) return;
  leave.requestSubmit();
}, 500);

document.querySelectorAll("[data-digit]").forEach((key) => key.addEventListener("click", () => {
  const { digit } = key.dataset;
  if (digit === "clear") phone.value = "";
  else if (digit === "delete") phone.value = phone.value.slice(0, -1);
  else if (phone.value.length < LONGEST) phone.value += digit;
}));
if (print) print.addEventListener("click", () => window.print());
