/* The big key for help (H5): one touch, then who comes and since when. The call goes on when the kiosk goes home. */

import { get } from "./api.js";
import { createHelp, isOpen, saidOf } from "./help-call.js";
import { h } from "./kiosk-dom.js";
import { key } from "./kiosk-choose.js";
import { bookKey } from "./kiosk-return.js";
import { now } from "./time.js";

const STAY_S = 150; // longer than until the manager is told
let help = null;

/** Follow the call of this kiosk, also one that was made before the page was loaded. */
export function followHelp(kiosk, shown) {
  help = createHelp((call) => {
    if (call && call.state === "with" && kiosk.state.view === "help") kiosk.home();
    shown(isOpen(call));
  });
  get("/api/v1/help-calls/here").then((call) => call && help.follow(call)).catch(() => null); // without the server there is nothing to follow
}

/** How long the page of a call stays: while somebody waits in front of it. */
export const helpStay = (kiosk) => (kiosk.state.view === "help" && isOpen(help.call) ? STAY_S : 0);

async function press(kiosk) {
  if (isOpen(help.call)) return kiosk.go({ view: "help", refused: "" });
  const { lang } = kiosk.state;
  kiosk.go({ view: "help", busy: true, refused: "" });
  try {
    await help.ask({ lang, needs: lang === "en" ? ["english"] : [] }, { lang });
    kiosk.go({ busy: false });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    kiosk.go({ busy: false, refused: problem.status === 0 || problem.status >= 500 ? kiosk.say("help_away") : problem.detail });
  }
  return null;
}

async function takeBack(kiosk) {
  try {
    await help.cancel({ lang: kiosk.state.lang });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
  }
  help.forget();
  kiosk.home();
}

/** The key of the first page; while somebody comes, it says so. `brief` where it shares its row. */
export function helpKey(kiosk, brief = false) {
  const call = help && help.call;
  const open = isOpen(call) && call.state !== "with";
  const asked = brief ? kiosk.say("help_button") : `${kiosk.say("help_button")} · ${kiosk.say("help_what")}`;
  const text = open ? kiosk.say(brief ? "help_waits_title" : saidOf(call)[0], call.helper || {}) : asked;
  return key(kiosk, "help", open ? "clock" : "helper", text, () => press(kiosk), { kind: `help${open ? " open" : ""}` });
}

/** Where the call stands: large enough to read from a step back. */
export function helpView(kiosk) {
  const { say, state } = kiosk;
  const call = help.call;
  if (state.refused || !call) {
    return {
      question: say(state.refused ? "help_refused" : "help_button"),
      how: "",
      content: [
        state.refused ? h("div", { class: "note bad kiosk-trouble", role: "alert" }, kiosk.sign("warning"), h("p", {}, h("strong", {}, state.refused), say("desk")))
          : h("p", { class: "kiosk-help", role: "status" }, say("drawing")),
        h("div", { class: "kiosk-keys" }, bookKey(kiosk), key(kiosk, "home", "home", say("home"), () => kiosk.home(), { kind: "primary" })),
      ],
    };
  }
  const waits = isOpen(call);
  const coming = call.state === "accepted";
  return {
    question: say(coming ? "help_comes_title" : waits ? "help_waits_title" : "help_over_title"),
    how: waits ? say("help_stay") : "",
    content: [
      h("div", { class: `kiosk-help ${call.state}`, role: "status", "data-state": call.state },
        kiosk.sign(coming ? "helper" : waits ? "call" : "done"),
        h("p", { class: "kiosk-help-said" }, say(...saidOf(call)).split(/(?<=[，。])/).map((part) => h("span", {}, part))),
        waits && h("p", { class: "kiosk-help-since", "aria-hidden": "true" }, say("help_since", { time: since(call) }))),
      h("div", { class: "kiosk-keys" },
        waits && key(kiosk, "help-cancel", "close", say("help_cancel"), () => takeBack(kiosk)),
        bookKey(kiosk),
        key(kiosk, "home", "home", say("home"), () => kiosk.home(), { kind: "primary" })),
    ],
  };
}

/** "0:07": how long somebody has waited. */
function since(call) {
  const seconds = Math.max(0, Math.floor((now().getTime() - Date.parse(call.called_at)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
