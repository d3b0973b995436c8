/* Each step aloud, for the one person who asked for it (E1). The voice is loaded with the first wish for it. */

import { paper } from "./kiosk-print.js";

let voice = null;
let last = "";

/** Say the step that the kiosk has come to, once. */
export async function speak(kiosk) {
  const { state, page } = kiosk;
  const step = state.voice ? stepOf(kiosk) : "";
  const name = step && `${state.lang} ${step}`;
  if (name === last) return;
  last = name;
  if (!step) return;
  if (!voice) {
    const { createVoice } = await import("./voice.js");
    voice = voice ?? createVoice({ volume: page.volume });
  }
  if (name === last) voice.say(state.lang, step, page.prompts[state.lang][step]);
}

function stepOf(kiosk) {
  const { state } = kiosk;
  if (state.view === "home") return "choose";
  if (state.view === "confirm") return state.chosen.every((code) => kiosk.line(code).open) ? "papers" : "closed";
  if (state.view === "trouble") return state.trouble.kind === "away" ? "offline" : "help";
  if (state.view !== "ticket") return "";
  const { stage } = paper(state);
  return { printed: "taken", held: "no-paper", doubtful: "help" }[stage] ?? "";
}
