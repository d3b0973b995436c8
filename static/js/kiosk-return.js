/* Back with papers: the code on the notice, touched, typed or scanned, gives the old place back once (Q3). */

import { newKey, post } from "./api.js";
import { key, pad } from "./kiosk-choose.js";
import { h } from "./kiosk-dom.js";
import { DIGITS, isCode, LENGTH, LETTERS, mayBeCode, signsOf } from "./return-code.js";

const SCAN_PAUSE = 200; // ms without a sign after which a scanner, or a person at a keyboard, has ended

const EMPTY = { view: "return", typed: "", refused: "", busy: false };

/** The key on the first page. */
export const returnKey = (kiosk) => key(kiosk, "return", "paper", kiosk.say("return"), () => kiosk.go({ ...EMPTY, asking: newKey() }));

let bookings = null; // looked after by a module of their own, which comes when it is wanted

async function withBookings(kiosk, act) {
  try {
    bookings = await import("./kiosk-booked.js");
  } catch {
    return kiosk.go({ view: "trouble", trouble: { kind: "refused", text: kiosk.say("away_title") } });
  }
  return act(bookings);
}

/** The key for those who have a booking. */
export const bookedKey = (kiosk) => key(kiosk, "booked", "booking", kiosk.say("booked"), () => withBookings(kiosk, (room) => room.openBooked(kiosk)), { kind: "booked" });

/** The key for those who would rather have help at a time of their own. */
export const bookKey = (kiosk) => kiosk.page.bookable && key(kiosk, "book", "booking", kiosk.say("book"), () => withBookings(kiosk, (room) => room.bookOne(kiosk)));

/** The signs of a booking's code in the address that a scanner read. */
const bookedIn = (text) => (/booked=/i.test(text) ? signsOf(text.split(/booked=/i).pop()) : "");

/** One key a code: whatever is lost on the way, a repeat brings the same number. */
const enter = (kiosk, typed) => typed.length <= LENGTH && kiosk.go({ typed, refused: "", asking: newKey() });

async function comeBack(kiosk) {
  const { typed, lang, asking, busy } = kiosk.state;
  if (busy) return;
  kiosk.go({ busy: true, refused: "" });
  try {
    const drawn = await post("/api/v1/returns", { code: typed }, { key: asking, lang });
    kiosk.go({ busy: false, view: "ticket", tickets: [drawn], slip: drawn.slip, asked: Date.now(), returned: true });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    const lost = problem.status === 0 || problem.status >= 500;
    const barred = problem.status === 401 || (problem.status === 403 && problem.code === "forbidden");
    kiosk.go({ busy: false, refused: lost ? kiosk.say("away_title") : barred ? kiosk.say("unregistered") : problem.detail });
  }
}

/** A scanner types like a keyboard, only faster. It is heard on the first page as well. */
export function hearScanner(kiosk) {
  let said = "";
  let timer = 0;
  const ended = () => {
    const [text, { state }] = [said, kiosk];
    const signs = signsOf(text);
    said = "";
    if (state.busy || !["home", "return", "booked"].includes(state.view)) return;
    const booked = bookedIn(text) || (state.view === "booked" && isCode(signs) && signs);
    if (booked) {
      withBookings(kiosk, (room) => room.checkIn(kiosk, booked));
      return;
    }
    if (state.view === "booked") {
      if (mayBeCode(state.typed + signs)) bookings.enterBooked(kiosk, state.typed + signs);
      return;
    }
    if (isCode(signs)) {
      kiosk.go({ ...EMPTY, typed: signs, asking: newKey() });
      comeBack(kiosk);
    } else if (state.view === "return" && text.length > LENGTH) kiosk.go({ typed: "", refused: kiosk.say("return_scan") });
    else if (state.view === "return" && mayBeCode(signs)) enter(kiosk, state.typed + signs);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { view, typed } = kiosk.state;
    clearTimeout(timer);
    if (event.key === "Enter" && said.length > 1) {
      event.preventDefault();
      ended();
    } else if (event.key === "Backspace" && view === "return") enter(kiosk, typed.slice(0, -1));
    else if (event.key === "Backspace" && view === "booked") bookings.enterBooked(kiosk, typed.slice(0, -1));
    else if (event.key === "Enter" && view === "booked" && event.target.tagName !== "BUTTON") bookings.checkIn(kiosk);
    else if (event.key === "Enter" && view === "return" && isCode(typed) && event.target.tagName !== "BUTTON") comeBack(kiosk);
    else if (event.key.length === 1 && (event.key !== " " || said)) said += event.key;
    if (said) timer = setTimeout(ended, SCAN_PAUSE);
  });
}

/** The code in two groups as on the paper, big keys, and what was wrong with it. */
export function returnView(kiosk) {
  const { say, state } = kiosk;
  const { typed, refused, busy } = state;
  const boxes = Array.from({ length: LENGTH }, (_none, at) => h("span", { class: at === typed.length ? "next" : "" }, typed[at] ?? ""));
  return {
    question: say("return_title"),
    how: refused ? "" : say("return_how"),
    content: [
      refused && h("p", { class: "note care", role: "alert" }, kiosk.sign("warning"), h("span", {}, refused)),
      h("p", { class: "kiosk-typed", role: "status", "aria-label": Array.from(typed).join(" ") || say("return_title"), "data-typed": typed }, boxes),
      pad(kiosk, DIGITS + LETTERS, say("return_title"), (code) => enter(kiosk, code), "code"),
      h("div", { class: "kiosk-keys" },
        key(kiosk, "back", "back", say("back"), () => kiosk.home(), { disabled: busy }),
        key(kiosk, "clear", "close", say("clear"), () => enter(kiosk, ""), { disabled: busy || !typed }),
        key(kiosk, "come-back", "paper", busy ? say("drawing") : say("return_go"), () => comeBack(kiosk), {
          kind: "primary", disabled: busy || typed.length < LENGTH,
        })),
    ],
  };
}
