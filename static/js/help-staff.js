/* A clerk or the desk calls a helper to the person in front of them (H5). One call at a time; it outlives a reload. */

import { get } from "./api.js";
import { createHelp, isOpen, saidOf } from "./help-call.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const byId = (id) => document.getElementById(id);
const strip = byId("help-strip");
const KEPT = "hall-help-" + strip.dataset.window;

function keep(token) {
  try {
    if (token) sessionStorage.setItem(KEPT, token);
    else sessionStorage.removeItem(KEPT);
  } catch (closed) {
    // then a reload forgets it; the helper comes all the same
  }
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch (closed) {
    return null;
  }
}

const help = createHelp((call) => {
  const open = isOpen(call) && call.state !== "with";
  strip.dataset.state = call ? call.state : "";
  byId("help-call").hidden = open;
  byId("help-take-back").hidden = !open;
  const [key, values] = call ? saidOf(call) : ["", {}];
  const said = call ? [word(key, values), call.number && open ? word("help_to", { number: call.number }) : ""].filter(Boolean).join(" · ") : "";
  if (byId("help-said").textContent !== said) byId("help-said").textContent = said;
  keep(isOpen(call) ? call.token : null);
});

/** The number that is looked at on the page, if any: at the desk the helper is called to it. */
function body() {
  if (strip.dataset.window) return { window: strip.dataset.window };
  const shown = document.querySelector("#panel [data-number]");
  return shown ? { number: shown.dataset.number } : {};
}

async function attempt(act) {
  try {
    await act();
  } catch (problem) {
    toast(problem.detail || word("server"), "bad");
  }
}

byId("help-call").addEventListener("click", () => attempt(() => help.ask(body())));
byId("help-take-back").addEventListener("click", () => attempt(() => help.cancel()));
if (kept()) get("/api/v1/help-calls/" + encodeURIComponent(kept())).then(help.follow).catch(() => keep(null));
