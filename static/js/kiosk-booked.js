/* "I have a booking": the code, scanned or touched, or the last four digits of the telephone check in (H4). */

import { newKey, post } from "./api.js";
import { key, pad } from "./kiosk-choose.js";
import { h } from "./kiosk-dom.js";
import { DIGITS, isCode, LENGTH, LETTERS, mayBeCode } from "./return-code.js";

const LAST = 4; // digits of a telephone
const EMPTY = { view: "booked", typed: "", refused: "", busy: false, here: null };

/** Open the page of bookings; it comes with the first touch, so that the first page stays light. */
export function openBooked(kiosk) {
  kiosk.views.booked = bookedView;
  kiosk.go({ ...EMPTY, asking: newKey() });
}

const ready = (typed) => isCode(typed) || /^\d{4}$/.test(typed);

/** One sign more or less; another try has another key. */
export const enterBooked = (kiosk, typed) => mayBeCode(typed) && kiosk.go({ typed, refused: "", asking: newKey() });

/** Check in with what stands there, or with what was scanned. */
export async function checkIn(kiosk, scanned = "") {
  if (scanned) {
    openBooked(kiosk);
    kiosk.go({ typed: scanned });
  }
  const { typed, lang, asking, busy } = kiosk.state;
  if (busy || !ready(typed)) return;
  kiosk.go({ busy: true, refused: "" });
  try {
    const given = typed.length === LAST ? { phone_digits: typed } : { code: typed };
    const { booking, ticket } = await post("/api/v1/check-ins", given, { key: asking, lang });
    const { badge } = booking.helper;
    if (ticket) kiosk.go({ busy: false, view: "ticket", tickets: [ticket], slip: ticket.slip, asked: Date.now(), helper: badge });
    else kiosk.go({ busy: false, here: badge });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    const lost = problem.status === 0 || problem.status >= 500;
    const barred = problem.status === 401 || (problem.status === 403 && problem.code === "forbidden");
    kiosk.go({ busy: false, refused: lost ? kiosk.say("away_title") : barred ? kiosk.say("unregistered") : problem.detail });
  }
}

/** Who has no booking makes one, on pages that keep language, text size and lowered controls. */
export function bookOne({ state }) {
  const kept = new URLSearchParams();
  if (state.lang === "en") kept.set("lang", "en");
  if (state.elder) kept.set("elder", "1");
  if (state.lowered) kept.set("low", "1");
  if (state.voice) kept.set("voice", "1");
  location.assign(`/kiosk/book?${kept}`);
}

/** What was typed in two groups, big keys, and what was wrong with it; then who comes. */
function bookedView(kiosk) {
  const { say, state } = kiosk;
  const { typed, refused, busy, here } = state;
  if (here) {
    return {
      question: say("booked_here"),
      how: say("booked_comes", { badge: here }),
      content: [h("div", { class: "kiosk-keys" }, key(kiosk, "home", "done", say("finished"), () => kiosk.home(), { kind: "primary" }))],
    };
  }
  const boxes = Array.from({ length: LENGTH }, (_none, at) => h("span", { class: at === typed.length ? "next" : "" }, typed[at] ?? ""));
  return {
    question: say("booked_title"),
    how: refused ? "" : say("booked_how"),
    content: [
      refused && h("p", { class: "note care", role: "alert" }, kiosk.sign("warning"), h("span", {}, refused)),
      !typed && !refused && h("div", { class: "kiosk-keys" }, key(kiosk, "book", "helper", say("book"), () => bookOne(kiosk), { kind: "primary" })),
      h("p", { class: "kiosk-typed", role: "status", "aria-label": Array.from(typed).join(" ") || say("booked_title"), "data-typed": typed }, boxes),
      pad(kiosk, DIGITS + LETTERS, say("booked_title"), (code) => enterBooked(kiosk, code), "code"),
      h("div", { class: "kiosk-keys" },
        key(kiosk, "back", "back", say("back"), () => kiosk.home(), { disabled: busy }),
        key(kiosk, "clear", "close", say("clear"), () => enterBooked(kiosk, ""), { disabled: busy || !typed }),
        key(kiosk, "check-in", "check", busy ? say("drawing") : say("booked_go"), () => checkIn(kiosk), { kind: "primary", disabled: busy || !ready(typed) })),
    ],
  };
}
