/* Taking a case in: from the ticket at hand to numbers and a receipt, by keyboard, saved as it is filled in. */

import { get, post } from "./api.js";
import { fields, showErrors } from "./form-fields.js";
import { outcomeKey, showOutcomes } from "./form-outcome.js";
import { papers } from "./form-papers.js";
import { button, byId, h, say, start } from "./form-parts.js";
import { keeper } from "./form-save.js";
import { chooser, showDrafts, showMatter, showReceived, showSaved, view } from "./form-show.js";
import { toast } from "./toast.js";
import { nameOf, word } from "./words.js";

const here = "/api/v1/windows/" + encodeURIComponent(start.window) + "/forms";
let busy = false;
let numbers = ""; // the number whose papers on file are shown
let atWindow = null; // the number of the ticket at hand

/** The bar above the form: what stands in the way, and the ways on as [text, run]. */
function tell(text, ways) {
  say("told-text", text);
  byId("told").hidden = !text;
  byId("told-ways").replaceChildren(...(ways || []).map(([said, run, css]) => (typeof run === "string" ? h("a", { class: "button", href: run }, said) : button(said, run, css))));
}

/** Which field a message is about, in its own words. */
function labelOf(name) {
  const label = document.querySelector("label[for=field-" + name + "]");
  return label ? label.firstChild.textContent.trim() + word("colon") : "";
}

function summary(errors) {
  const said = Object.entries(errors).flatMap(([name, texts]) => texts.map((text) => [name, text]));
  byId("problems").hidden = !said.length;
  byId("problems").replaceChildren(h("h2", {}, word("check_first")), h("ul", {}, said.map(([name, text]) => h("li", {}, h("a", { href: name === "papers" ? "#papers" : "#field-" + name }, labelOf(name), text)))));
  if (said.length) byId("problems").focus();
}

const shown = fields((name, value) => {
  keep.field(name, value);
  if (name === "number" || name === "number_kind" || name === "party") checklist.offer([]);
}, () => checklist.focus());
const checklist = papers((row) => keep.paper(row), () => byId("receive").focus());

const keep = keeper({
  state(state) {
    showSaved(state);
    if (state === "saved" && byId("told-text").textContent === word("unsaved")) tell("");
  },
  form(form) {
    if (form.state !== "draft") return;
    shown.show(form, keep.pending);
    checklist.show(form);
    showMatter(form);
    onFile(form);
  },
  trouble(problem) {
    if (problem.code === "stale_form") {
      tell(word("stale"), [[word("take_saved"), () => again(false)], [word("keep_mine"), () => again(true)]]);
    } else if (problem.code === "not_a_draft") again(false);
    else if (problem.status === 401) tell(word("signed_out"), [[word("sign_in"), "/sign-in?next=" + encodeURIComponent(location.pathname)]]);
    else {
      tell(problem.detail);
      showErrors(problem.errors);
    }
  },
});

async function again(mine) {
  try {
    await keep.again(mine);
    tell("");
    const form = keep.form();
    if (form.state !== "draft") await arrive();
    else if (!mine) begin(form, true);
  } catch (problem) {
    tell(problem.detail);
  }
}

/** What the hall has of this person already: asked once a number. */
async function onFile(form) {
  const known = [form.token, form.party, form.number_kind, form.number].join(" ");
  if (known === numbers) return;
  numbers = known;
  try {
    const found = form.number ? await keep.reusable() : [];
    if (numbers === known) checklist.offer(found);
  } catch (problem) {
    numbers = ""; // asked again after the next saving
  }
}

function begin(form, whole) {
  numbers = "";
  if (whole) {
    shown.begin(form);
    checklist.show(form, true);
  }
  keep.begin(form);
  history.replaceState(null, "", "?form=" + encodeURIComponent(form.token));
  view("filling");
  summary({});
  showErrors({});
  byId("ticket").hidden = !form.ticket;
  byId("ticket").textContent = form.ticket || "";
  if (form.ticket && form.ticket !== atWindow) tell(word("ticket_gone", { number: form.ticket }));
  byId(form.name ? "field-number" : "field-name").focus();
}

async function open(matter, name) {
  try {
    tell("");
    begin(await post(here, matter), true);
  } catch (problem) {
    if (problem.code === "draft_open") tell(word("other_matter", { name }), [[word("discard_and_begin"), () => instead(matter, name), "danger"]]);
    else if (problem.code === "unknown_matter" && !name) choose();
    else {
      tell(problem.detail);
      choose();
    }
  }
}

async function instead(matter, name) {
  try {
    if (!keep.form()) keep.begin(await post(here, {}));
    await keep.discard();
    await open(matter, name);
  } catch (problem) {
    tell(problem.detail);
  }
}

const find = chooser((matter, name) => open(matter, name));
async function choose(forms) {
  view("choose");
  const said = forms || (await get(here).catch(() => ({ forms: [] }))).forms;
  showDrafts(said.filter((form) => form.state === "draft"), (form) => begin(form, true));
  find.reset();
  find.focus();
}

function done(forms) {
  view("done");
  tell("");
  summary({});
  showReceived(forms);
  history.replaceState(null, "", location.pathname);
byId("done-forms").querySelector("button.print").focus();
  showOutcomes(forms);
}

/** Where this visit stands: a form half filled in, one received, or a matter to begin with. */
async function arrive() {
  let state;
  try {
    state = await get(here);
  } catch (problem) {
    return tell(problem.detail);
  }
  atWindow = state.ticket;
  byId("ticket").hidden = !state.ticket;
  byId("ticket").textContent = state.ticket || word("no_ticket");
  const wanted = new URLSearchParams(location.search).get("form") || state.draft;
  const draft = state.forms.find((form) => form.token === wanted && form.state === "draft");
  const received = state.forms.filter((form) => form.state === "received");
  if (draft) return begin(draft, true);
  if (received.length) return done(received);
  return state.matter ? open({}) : choose(state.forms);
}

async function receive(without) {
  if (busy || byId("filling").hidden) return;
  busy = true;
  byId("receive").setAttribute("aria-busy", "true");
  try {
    const form = await keep.receive(without);
    if (form) {
      toast(word("received") + " " + form.cases[0].number, "good");
      const state = await get(here).catch(() => ({ forms: [form] }));
      const all = state.forms.filter((one) => one.state === "received" && one.token !== form.token);
      done([form, ...all]);
    } else if (byId("saved").dataset.state === "offline") tell(word("unsaved"));
  } catch (problem) {
    refused(problem);
  }
  busy = false;
  byId("receive").removeAttribute("aria-busy");
}

async function refused(problem) {
  if (problem.code === "incomplete_form") {
    showErrors(problem.errors);
    summary(problem.errors);
  } else if (problem.code === "item_withdrawn") {
    await keep.again(true);
    const gone = keep.form().items.filter((item) => item.withdrawn).map((item) => item.code);
    tell(problem.detail, [[word("without"), () => receive(gone), "primary"]]);
    byId("told-ways").firstChild.focus();
  } else if (problem.code === "not_a_draft" || problem.code === "stale_form") again(problem.code === "stale_form");
  else if (problem.status === 401) tell(word("signed_out"), [[word("sign_in"), "/sign-in?next=" + encodeURIComponent(location.pathname)]]);
  else tell(problem.detail);
}

function giveUp() {
  const name = keep.form() ? nameOf({ name: keep.form().matter_name, name_en: keep.form().matter_name_en }) : "";
  tell(word("discard") + " " + name, [[word("give_up"), async () => {
    try {
      await keep.discard();
      toast(word("discarded"), "");
      tell("");
      choose();
    } catch (problem) {
      tell(problem.detail);
    }
  }, "danger"], [word("go_on"), () => { tell(""); byId("field-name").focus(); }]]);
  byId("told-ways").lastChild.focus();
}

byId("receive").addEventListener("click", () => receive());
byId("discard").addEventListener("click", giveUp);
byId("change-matter").addEventListener("click", () => choose());
byId("next-matter").addEventListener("click", () => choose());
byId("problems").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.target !== byId("problems")) return;
  event.preventDefault();
  byId("problems").querySelector("a").click();
});
byId("problems").addEventListener("click", (event) => {
  const target = event.target.closest("a");
  if (!target) return;
  event.preventDefault();
  if (target.hash === "#papers") checklist.focus();
  else if (document.querySelector(target.hash)) document.querySelector(target.hash).focus();
});

const KEYS = { F2: () => choose(), F4: () => byId("field-name").focus(), F8: () => checklist.focus() };
const AFTER = { n: () => choose(), b: () => byId("to-window").click(), p: () => byId("done-forms").querySelector("button.print").click() };
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.isComposing) return;
  let run = null;
  if (event.ctrlKey && event.key === "Enter") run = () => receive();
  else if (!event.ctrlKey && !event.altKey && !event.metaKey) {
    if (!byId("filling").hidden || event.key === "F2") run = KEYS[event.key];
    else if (!byId("done").hidden && !event.target.closest(".outcome-form")) run = AFTER[event.key.toLowerCase()] || outcomeKey(event.key.toLowerCase());
    if (event.key === "Escape" && !byId("choose").hidden && keep.form() && keep.form().state === "draft") run = () => begin(keep.form(), true);
  }
  if (run) {
    event.preventDefault();
    run();
  }
});
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep.save(true); });
window.addEventListener("pagehide", () => keep.save(true));
arrive();
