/* A missed call: back in line by the number on the slip (Q6). */

import { newKey, post } from "./api.js";
import { key, pad } from "./kiosk-choose.js";
import { h } from "./kiosk-dom.js";

const DIGITS = "1234567890";
const LONGEST = 7; // two letters and a running count

/** The key on the first page. */
export const missedKey = (kiosk) => key(kiosk, "missed", "undo", kiosk.say("missed"),
  () => kiosk.go({ view: "missed", typed: "", back: null, refused: "" }));

const type = (kiosk, typed) => typed.length <= LONGEST && kiosk.go({ typed, refused: "" });

async function comeBack(kiosk) {
  const { typed, lang } = kiosk.state;
  kiosk.go({ busy: true, refused: "" });
  try {
    kiosk.go({ busy: false, back: await post("/api/v1/tickets/rejoin", { number: typed }, { key: newKey(), lang }) });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    const lost = problem.status === 0 || problem.status >= 500;
    kiosk.go({ busy: false, refused: lost ? kiosk.say("away_title") : problem.detail });
  }
}

/** Keys for the letters that stand on slips here, and the digits; then the answer. */
export function missedView(kiosk) {
  const { say, state, page } = kiosk;
  const how = say("missed_how", { minutes: page.rejoin_minutes });
  if (state.back) return backView(kiosk);
  const letters = Array.from(new Set(kiosk.lines.flatMap((line) => Array.from(line.prefix)))).sort();
  return {
    question: state.typed || say("missed_title"),
    how,
    content: [
      state.refused && h("p", { class: "note care", role: "alert" }, kiosk.sign("warning"), h("span", {}, state.refused)),
      pad(kiosk, [...letters, ...DIGITS], say("missed_title"), (typed) => type(kiosk, typed)),
      h("div", { class: "kiosk-keys" },
        key(kiosk, "back", "back", say("back"), () => kiosk.home()),
        key(kiosk, "rejoin", "undo", say("missed_go"), () => comeBack(kiosk), { kind: "primary", disabled: !state.typed || state.busy })),
    ],
  };
}

function backView(kiosk) {
  const { say, state } = kiosk;
  const { number, line, ahead } = state.back;
  return {
    question: say("missed_done", { number }),
    how: say("listen"),
    content: [
      h("p", { class: "note good", role: "status" }, kiosk.sign("check"),
        h("span", {}, [say({ 0: "ahead_none", 1: "ahead_one" }[ahead] ?? "ahead", { n: ahead }), kiosk.place(line)].filter(Boolean).join(" · "))),
      h("div", { class: "kiosk-keys" }, key(kiosk, "home", "done", say("finished"), () => kiosk.home(), { kind: "primary" })),
    ],
  };
}
