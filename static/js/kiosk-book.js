/* Booking at a kiosk: the next page comes without the one that stands there going away first, so that a server that
   cannot be reached never leaves an empty screen; digits, slip, and home by itself: a time that is only held is given
   back on the way. */

import { countDown } from "./held-time.js";
import { spoken } from "./kiosk-book-voice.js";
import { fetched } from "./kiosk-book-way.js";
import { word } from "./words.js";

const LONGEST = 12;
const AGAIN_S = 5; // on the way home, while the server cannot be reached

let touched = Date.now();
let resting = false; // a finger lies on the screen
let going = false;
let kept = false; // the way home was tried, and the server was away
let stopCounting = () => {};
let paper = null; // follows the slip, once there is one

const part = (id) => document.getElementById(id);

/** What a page needs once it stands there. */
function arrive() {
  touched = Date.now();
  kept = false;
  stopCounting();
  stopCounting = countDown();
  spoken();
  if (part("paper")) followPaper();
}

async function followPaper() {
  const { showPaper } = await import("./kiosk-book-paper.js");
  paper = showPaper(() => { touched = Date.now(); });
}

/** Go where a link or a form leads. What was fetched takes the place of this page; what could not be is said. */
async function go(address, form, by) {
  if (going) return; // the second touch of a hasty double tap
  going = true;
  document.body.setAttribute("aria-busy", "true");
  const found = await fetched(address, form, by);
  document.body.removeAttribute("aria-busy");
  going = false;
  if (found.elsewhere) {
    going = true;
    location.assign(found.elsewhere);
    return;
  }
  const away = part("away");
  if (!found.page) {
    away.hidden = false;
    kept = form === part("leave");
    spoken("offline");
    touched = Date.now();
    return;
  }
  paper = null;
  take(found.page);
  if (found.address) history.replaceState(null, "", found.address);
  part("main").focus({ preventScroll: true });
  arrive();
}

/** The fetched page in the place of this one: frame, language and sheets are the same. */
function take(page) {
  document.title = page.title;
  document.documentElement.toggleAttribute("data-elder", page.documentElement.hasAttribute("data-elder"));
  document.body.className = page.body.className;
  document.body.replaceChildren(...page.body.children);
}

["pointerdown", "keydown", "pointerup", "pointercancel"].forEach((sign) => document.addEventListener(sign, () => {
  touched = Date.now();
  resting = sign === "pointerdown";
}, true));
document.addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("submit", (event) => {
  event.preventDefault();
  go(event.target.action, event.target, event.submitter);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && !link.matches(".skip")) {
    event.preventDefault();
    go(link.href);
  }
  const digit = event.target.closest("[data-digit]");
  if (digit) type(digit.dataset.digit);
  if (event.target.closest("#print")) window.print();
});

function type(digit) {
  const phone = part("phone");
  if (digit === "clear") phone.value = "";
  else if (digit === "delete") phone.value = phone.value.slice(0, -1);
  else if (phone.value.length < LONGEST) phone.value += digit;
}

setInterval(() => {
  if (resting || going || (paper && paper.printing())) touched = Date.now();
  const said = part("home-in");
  const stay = kept ? AGAIN_S : (paper && paper.stay()) || Number(said.dataset.after);
  const left = stay - Math.floor((Date.now() - touched) / 1000);
  said.hidden = false;
  said.textContent = word("home_in", { n: Math.max(0, left) });
  if (left <= 0) part("leave").requestSubmit();
}, 500);
arrive();
document.documentElement.dataset.book = "on";
