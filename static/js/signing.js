/* The handover at the clerk's page: a signature on the tablet, drawn here, or on paper; keys for all of it. */

import { get, post } from "./api.js";
import { signaturePad } from "./signature-pad.js";
import { word } from "./words.js";

const LOOK = 1000; // ms between two looks while somebody signs
const SLOW = 6000; // ms in which a tablet that is there has answered
const byId = (id) => document.getElementById(id);
const form = byId("hand-over");

function drawHere() {
  const drawn = byId("drawn");
  const pad = signaturePad(byId("signature"), byId("pad-hint"), () => {
    drawn.value = pad.empty() ? "" : pad.picture();
  });
  byId("clear").addEventListener("click", () => pad.clear());
  byId("draw-here").hidden = false;
}

/* The tablet: ask, look until it is signed, show what was drawn. What was asked for stands in the page's own address of
   the server, so that a page loaded anew goes on where it was. */
function onTablet(box) {
  const held = byId("signing");
  const said = byId("tablet-said");
  const shown = byId("tablet-drawn");
  const keys = { ask: byId("tablet-ask"), back: byId("tablet-back") };
  const path = location.pathname.replace("/issuing/", "/api/v1/cases/") + "/ask-signature";
  let asked = null; // {token, at}
  let timer = 0;

  function tell(state, text) {
    box.dataset.state = state;
    said.textContent = text;
    keys.back.hidden = state === "ready" || state === "signed";
    keys.ask.querySelector("span").textContent = word(state === "ready" ? "ask_tablet" : "ask_again");
  }

  function show(row) {
    held.value = row.state === "signed" ? row.token : "";
    shown.hidden = row.state !== "signed";
    if (row.state === "signed") {
      shown.src = "/signings/" + row.token + "/signature.png";
      return tell("signed", word("tablet_signed"));
    }
    if (row.state !== "asked") return tell("ready", word("tablet_ready"));
    timer = setTimeout(look, LOOK);
    if (row.shown) return tell("shown", word("tablet_shown"));
    const late = Date.now() - asked.at > SLOW;
    return tell(late ? "silent" : "asked", word(late ? "tablet_silent" : "tablet_asked"));
  }

  async function look() {
    try {
      show(await get("/api/v1/signings/" + asked.token));
    } catch (problem) {
      tell("silent", problem.detail);
      timer = setTimeout(look, LOOK * 3);
    }
  }

  function chosen() {
    return Array.from(form.querySelectorAll("[name=also]:checked"), (one) => one.value);
  }

  async function ask() {
    clearTimeout(timer);
    keys.ask.setAttribute("aria-busy", "true");
    const taker = form.querySelector("[name=taker]:checked");
    try {
      const row = await post(path, { also: chosen(), taker: taker ? taker.value : "applicant" });
      asked = { token: row.token, at: Date.now() };
      show(row);
    } catch (problem) {
      tell("silent", problem.detail);
    }
    keys.ask.removeAttribute("aria-busy");
  }

  async function back() {
    clearTimeout(timer);
    try {
      show(await post("/api/v1/signings/" + asked.token + "/withdraw"));
    } catch (problem) {
      tell("silent", problem.detail);
    }
  }

  // Who takes which results is what was signed for: another choice needs another signature
  form.addEventListener("change", (event) => {
    if (asked && ["also", "taker"].indexOf(event.target.name) !== -1) back();
  });
  keys.ask.addEventListener("click", ask);
  keys.back.addEventListener("click", back);
  if (box.dataset.open) {
    asked = { token: box.dataset.open, at: Date.now() };
    look();
  } else tell("ready", word("tablet_ready"));
}

function keyboard() {
  const first = form.querySelector("[name=receipt]");
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing) return;
    const tablet = byId("tablet-ask");
    if (event.key === "F9" && tablet) tablet.click();
    else if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
    else if (event.key === "Escape" && first.value === first.defaultValue) location.href = "/issuing";
    else return;
    event.preventDefault();
  });
}

const problems = byId("error-summary");
if (problems) problems.focus();
if (form) {
  drawHere();
  if (byId("tablet")) onTablet(byId("tablet"));
  keyboard();
}
