/* Paper: how this kiosk's printer is, what becomes of the slip just drawn, and the one reprint. */

import { newKey, post } from "./api.js";
import { h } from "./kiosk-dom.js";
import { watch } from "./live.js";

const PATIENCE = 15000; // ms after which a slip that nobody reported is no longer promised
const STAY_S = 90; // without paper the number must be read, learnt or photographed
const SAID = { paper_out: "paper_out", cover_open: "cover_open" };

let told = { printer: null, slips: [] };

/** Follow this kiosk's own topic; `changed()` after each change of printer or slips. */
export function followPrinter(kiosk, changed) {
  told = kiosk.page.paper;
  watch(`kiosk:${kiosk.page.device}`, (state) => {
    told = state;
    changed();
  });
}

/** What to say of the slip: {stage, problem}; the stage is `none` (no printer), `printing`, `printed`, `doubtful`, or
    `held` (the number alone must do, `problem` says why). */
export function paper({ slip, asked, paperTrouble }) {
  if (paperTrouble) return { stage: "held", problem: "told" };
  if (!slip) return { stage: "none", problem: "" };
  const now = told.slips.find((one) => one.job === slip.job) ?? slip;
  if (now.state === "printed") return { stage: "printed", problem: "" };
  if (now.state === "uncertain") return { stage: "doubtful", problem: "" };
  const late = Date.now() - asked > PATIENCE;
  const problem = now.problem || (now.state === "queued" && !late ? "" : "offline");
  return problem ? { stage: "held", problem } : { stage: "printing", problem: "" };
}

/** Seconds without a touch after which the kiosk goes home. */
export const stay = (kiosk) => (kiosk.state.view === "ticket" && paper(kiosk.state).stage === "held" ? STAY_S : kiosk.page.home_after_s);

/** One plain sentence about the slip, with its sign. */
export function paperNote(kiosk) {
  const { say, state } = kiosk;
  const { stage, problem } = paper(state);
  if (stage === "none") return h("p", { class: "kiosk-note" }, say(state.tickets.length > 1 ? "remember_several" : "remember"));
  const [kind, sign, text] = {
    printing: ["", "printer", say("printing")],
    printed: ["good", "done", say("take_slip")],
    doubtful: ["care", "printer", say("doubtful")],
    held: ["care", problem === "paper_out" ? "paper-out" : "warning", problem === "told" ? state.paperTrouble : say(SAID[problem] ?? "no_printing")],
  }[stage];
  return h("p", { class: `note kiosk-paper ${kind}`, "data-paper": stage, role: "status" }, kiosk.sign(sign),
    h("span", {}, text, stage === "held" && h("strong", {}, " ", say("still_valid"))));
}

/** Whether this person may print now, and how the key is called: "print", "print_again", or null. */
export function mayPrint(kiosk) {
  const { state, page } = kiosk;
  const { stage } = paper(state);
  if (stage === "none") return page.browser_print ? "print" : null;
  const again = state.slip && !state.slip.reprint && !state.paperTrouble;
  return again && (stage === "printed" || stage === "doubtful") ? "print_again" : null;
}

/** Print: once again on the kiosk's printer, or through the browser where the kiosk has none. */
export async function print(kiosk) {
  const { state } = kiosk;
  if (!state.slip) return printHere(kiosk);
  if (state.printing) return null;
  kiosk.go({ printing: true });
  try {
    const slip = await post(state.printAt ?? `/api/v1/tickets/${state.tickets[0].token}/print`, {}, { key: newKey(), lang: state.lang });
    return kiosk.go({ printing: false, slip, asked: Date.now() });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    return kiosk.go({ printing: false, paperTrouble: problem.detail });
  }
}

/** The very picture that a slip printer gets, on the browser's own printer. */
async function printHere(kiosk) {
  const picture = h("img", { src: `/api/v1/tickets/${kiosk.state.tickets[0].token}/slip.png`, alt: "" });
  document.querySelector(".kiosk-slip").replaceChildren(picture);
  try {
    await picture.decode();
  } catch (lost) {
    kiosk.go({ paperTrouble: kiosk.say("no_printing") });
    return;
  }
  window.print();
}
