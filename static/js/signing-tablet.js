/* The tablet at the window: shows what is signed for, takes the signature, says so when the hall does not answer. */

import { get, post } from "./api.js";
import { signaturePad } from "./signature-pad.js";
import { lang, word } from "./words.js";

const LOOK = 1500; // ms between two questions
const THANKS = 8000; // ms in which the thanks stand
const AFTER = 700; // ms in which a click is the lifted finger's
const byId = (id) => document.getElementById(id);
const start = JSON.parse(byId("start").textContent);
const path = location.pathname.replace("/pad/", "/api/v1/pads/");

let now = null; // what is to be signed
let thanked = 0;
let sending = false;
let lost = false;

const pad = signaturePad(byId("signature"), byId("pad-hint"), () => say(""));

function say(text) {
  byId("pad-said").textContent = text;
}

function stage(name) {
  if (document.body.dataset.stage === name) return;
  document.body.dataset.stage = name;
  ["waiting", "signing", "thanks"].forEach((one) => { byId("stage-" + one).hidden = one !== name; });
  document.title = byId("stage-" + name).querySelector("h1, h2").textContent;
}

function line(row) {
  const entry = document.createElement("li");
  const name = document.createElement("strong");
  const more = document.createElement("span");
  name.textContent = row.result;
  const item = lang === "en" && row.item_en ? row.item_en : row.item;
  more.textContent = [row.result_number, item === row.result ? "" : item, row.number].filter(Boolean).join(" · ");
  entry.append(name, more);
  return entry;
}

async function showIt(wanted) {
  now = wanted;
  byId("signer").textContent = wanted.as_agent ? word("signs_for", { name: wanted.signer, holder: wanted.holder }) : wanted.signer;
  byId("results").replaceChildren(...wanted.results.map(line));
  byId("results").dataset.count = wanted.results.length;
  byId("results").classList.toggle("many", wanted.results.length > 2);
  pad.clear();
  stage("signing");
  try {
    await post(path + "/shown", { signing: wanted.token });
  } catch (problem) {
    /* the next look tells whether the hall answers */
  }
}

function hear(state) {
  const wanted = state.to_sign;
  if (sending) return;
  if (wanted && (!now || now.token !== wanted.token)) return showIt(wanted);
  if (wanted) return;
  now = null;
  stage(Date.now() - thanked < THANKS ? "thanks" : "waiting");
}

function connection(bad) {
  lost = bad;
  byId("lost").hidden = !bad;
  byId("done").setAttribute("aria-disabled", String(bad));
  document.body.dataset.link = bad ? "lost" : "here";
}

async function look() {
  try {
    hear(await get(path, { patience: 4000 }));
    connection(false);
  } catch (problem) {
    if (problem.status === 404) return location.reload(); // another tablet has taken this place
    connection(true);
  }
  setTimeout(look, LOOK);
}

async function done() {
  if (sending || !now) return;
  if (pad.empty()) return say(word("sign_first"));
  if (lost) return say(word("lost"));
  sending = true;
  byId("done").setAttribute("aria-busy", "true");
  try {
    await post(path + "/sign", { signing: now.token, signature: pad.picture() });
    thanked = Date.now();
    now = null;
    stage("thanks");
  } catch (problem) {
    say(problem.detail); // what was drawn stays
  }
  sending = false;
  byId("done").removeAttribute("aria-busy");
}

/* A tap soon after a stroke is half of a double tap to some browsers, and gives no click: the finger's lifting counts. */
function press(button, act) {
  let lifted = 0;
  button.addEventListener("pointerup", (event) => {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    if (event.button > 0 || !button.contains(under)) return;
    lifted = Date.now();
    act();
  });
  button.addEventListener("click", () => { if (Date.now() - lifted > AFTER) act(); });
}

press(byId("clear"), () => pad.clear());
press(byId("done"), done);
document.addEventListener("visibilitychange", () => { if (!document.hidden) say(""); });
hear(start);
look();
