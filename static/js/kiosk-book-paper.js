/* What becomes of a booking's slip at a kiosk with a printer: the same states and words as for tickets. */

import { icon } from "./kiosk-dom.js";
import { followPrinter, mayPrint, paper, paperNote, print, stay } from "./kiosk-print.js";

let kiosk = null;
let told = "";
let changed = () => {};

/** Show what becomes of the slip on this page, now and as it changes; `onStage()` when there is something new to read.
    Answers {printing, stay}: whether it is under way, and how many seconds the page stays. */
export function showPaper(onStage) {
  const given = JSON.parse(document.getElementById("paper").textContent);
  const first = kiosk === null;
  changed = onStage;
  told = "";
  kiosk = {
    page: { ...given, browser_print: false, home_after_s: Number(document.getElementById("home-in").dataset.after) },
    state: { view: "ticket", tickets: [{}], slip: given.slip, asked: Date.now() - given.age_ms, printAt: given.print_at, lang: document.documentElement.lang },
    say: (key) => given.words[key],
    sign: (name) => icon(given.sprite, name),
    go: (change) => {
      Object.assign(kiosk.state, change);
      show();
    },
  };
  if (first) {
    followPrinter(kiosk, show);
    setInterval(show, 1000); // a slip of which nobody reports is no longer promised after a while
  }
  show();
  return { printing: () => paper(kiosk.state).stage === "printing", stay: () => stay(kiosk) };
}

function show() {
  const note = document.getElementById("paper-note");
  if (!note) return; // another page stands there
  const { stage, problem } = paper(kiosk.state);
  const now = `${stage} ${problem} ${kiosk.state.printing}`;
  if (now === told) return;
  told = now;
  note.replaceChildren(paperNote(kiosk));
  const again = document.getElementById("paper-again");
  again.hidden = mayPrint(kiosk) !== "print_again" || Boolean(kiosk.state.printing);
  again.onclick = () => print(kiosk);
  document.dispatchEvent(new CustomEvent("kiosk:paper", { detail: stage }));
  changed();
}
