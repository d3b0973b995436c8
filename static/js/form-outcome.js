/* The closing screen: how each case goes on, and the outcome at once where item and person are authorised (I3). */

import { get, post } from "./api.js";
import { button, byId, h } from "./form-parts.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const BADGE = { accepted: "done", ready: "done", decided: "pause", correction: "pause", not_accepted: "late" };
let shown = []; // [{form, one, row}], in the order of the page
let turn = 0; // an answer that comes after the next showing is not shown

const path = (kind, token, verb) => "/api/v1/" + kind + "/" + encodeURIComponent(token) + "/" + verb;
const rowOf = (token) => Array.from(byId("done-forms").querySelectorAll("[data-case]")).find((row) => row.dataset.case === token);
const paper = (one, kind, text) => h("a", { class: "button", href: "/cases/" + encodeURIComponent(one.token) + "/documents/" + kind, target: "_blank", rel: "noopener" }, text);
const keyed = (text, key, run, css) => {
  const made = button(text, run, css);
  made.append(" ", h("kbd", { "aria-hidden": "true" }, key));
  return made;
};

/** Ask how the cases of these forms go on, and show it below each. */
export async function showOutcomes(forms) {
  const mine = (turn += 1);
  shown = [];
  delete byId("done-forms").dataset.outcomes;
  for (const form of forms.filter((one) => one.cases.length)) {
    try {
      const found = await get(path("forms", form.token, "outcomes"));
      if (mine !== turn) return;
      found.forEach((one) => {
        const row = rowOf(one.token);
        if (row) shown.push({ form, one, row });
      });
    } catch (problem) {
      if (mine === turn) unread(form);
    }
  }
  shown.forEach(show);
  byId("done-forms").dataset.outcomes = "known";
}

function unread(form) {
  const first = form.cases.length ? rowOf(form.cases[0].token) : null;
  if (first) place(first, h("p", { class: "quiet" }, word("outcome_unread")), button(word("outcome_again"), () => showOutcomes([form])));
}

function place(row, ...parts) {
  let box = row.querySelector(".outcome");
  if (!box) {
    box = h("div", { class: "outcome" });
    row.append(box);
  }
  box.replaceChildren(...parts.flat().filter(Boolean));
  return box;
}

function show(entry) {
  const { one, row } = entry;
  const badge = row.querySelector(".badge");
  const here = one.state === "received" && (one.way === "decide" || one.way === "accept");
  badge.textContent = word(here ? "case_to_" + one.way : "case_" + one.state);
  badge.className = "badge " + (BADGE[one.state] || "wait");
  if (one.way === "over") return place(row, one.decision || one.state === "accepted" ? papers(one) : h("p", { class: "quiet" }, one.said));
  if (one.way === "department") return place(row, one.state === "accepted" ? papers(one) : "", h("p", { class: "quiet" }, one.said));
  if (one.lacks === "needed" || one.lacks === "unchecked") return place(row, h("p", { class: "grow" }, word("outcome_needed")), toCase(one));
  const told = word(one.way === "decide" ? "outcome_decide" : "outcome_accept", { document: one.document });
  const later = one.lacks === "deferrable" && h("p", { class: "quiet" }, word("outcome_deferrable"));
  return place(row, h("p", { class: "grow" }, told), later, h("span", { class: "buttons" }, ways(entry)));
}

function ways(entry) {
  if (entry.one.way === "accept") {
    const text = word(entry.one.lacks === "deferrable" ? "outcome_accept_deferred" : "outcome_accept_now");
    return [keyed(text, "A", () => accept(entry), "primary"), toCase(entry.one)];
  }
  return [keyed(word("outcome_grant"), "G", () => ask(entry, "granted"), "primary"), keyed(word("outcome_refuse"), "R", () => ask(entry, "refused")), entry.one.state === "received" && toCase(entry.one)];
}

const toCase = (one) => h("a", { class: "button", href: "/cases/" + encodeURIComponent(one.token) }, word("outcome_case"));

function papers(one) {
  return h("span", { class: "buttons" }, paper(one, "acceptance", word("outcome_print_acceptance")), one.decision && paper(one, "decision", word("outcome_print_decision")));
}

function field(name, label, input, wide) {
  input.id = "outcome-" + name;
  input.setAttribute("aria-describedby", "outcome-" + name + "-wrong");
  return h("div", { class: "field" + (wide ? " wide" : "") }, h("label", { for: input.id }, label), input, h("span", { class: "wrong-text", id: input.id + "-wrong" }));
}

/** The few things that the decision needs; Escape goes back, Ctrl+Enter decides. */
function ask(entry, decision) {
  shown.filter((other) => other !== entry).forEach(show);
  const inputs = decision === "refused"
    ? { reasons: h("textarea", { class: "textarea", rows: "3", maxlength: "2000" }) }
    : { number: h("input", { class: "input", type: "text", maxlength: "80", autocomplete: "off" }), valid_until: h("input", { class: "input short", type: "date" }) };
  const labels = { reasons: "outcome_reasons", number: "outcome_number", valid_until: "outcome_until" };
  const go = keyed(word(decision === "refused" ? "outcome_do_refuse" : "outcome_do_grant"), "Ctrl Enter", null, decision === "refused" ? "danger" : "primary");
  go.type = "submit";
  const form = h("form", { class: "outcome-form", novalidate: true },
    Object.keys(inputs).map((name) => field(name, word(labels[name]), inputs[name], name === "reasons")),
    h("p", { class: "wrong-text wide", role: "alert" }),
    h("span", { class: "buttons wide" }, go, button(word("outcome_cancel"), () => back(entry))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(entry, decision, form, inputs, go);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") back(entry);
    else if (event.ctrlKey && event.key === "Enter") form.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  place(entry.row, form);
  Object.values(inputs)[0].focus();
}

function back(entry) {
  show(entry);
  const first = entry.row.querySelector(".outcome .button");
  if (first) first.focus();
}

async function decide(entry, decision, form, inputs, go) {
  if (go.disabled) return;
  go.disabled = true;
  const body = { revision: entry.one.revision, decision };
  Object.keys(inputs).forEach((name) => { if (inputs[name].value.trim()) body[name] = inputs[name].value.trim(); });
  try {
    const done = await post(path("cases", entry.one.token, "outcome"), body);
    toast(word(decision === "refused" ? "outcome_refused" : "outcome_granted", { number: done.number }), "good");
    await again(entry);
  } catch (problem) {
    go.disabled = false;
    if (problem.status === 403 || problem.status === 409) return gone(entry, problem);
    Object.keys(inputs).forEach((name) => { form.querySelector("#outcome-" + name + "-wrong").textContent = (problem.errors[name] || []).join(" "); });
    form.querySelector("[role=alert]").textContent = Object.keys(problem.errors).length ? "" : problem.detail;
    Object.values(inputs)[0].focus();
  }
}

async function accept(entry) {
  try {
    const done = await post(path("cases", entry.one.token, "accept"), { revision: entry.one.revision });
    toast(word("outcome_accepted", { number: done.number }), "good");
    await again(entry);
  } catch (problem) {
    await gone(entry, problem);
  }
}

/** Refused, or changed meanwhile: why stands below the case, with how it is now. */
async function gone(entry, problem) {
  await again(entry);
  const row = rowOf(entry.one.token);
  if (row) row.querySelectorAll(".outcome > p").forEach((said) => { if (said.textContent === problem.detail) said.remove(); });
  if (row) row.querySelector(".outcome").prepend(h("p", { class: "wrong-text wide", role: "alert" }, problem.detail));
}

/** Read the form's cases anew, and go on with the next one that can be decided. */
async function again(entry) {
  const forms = Array.from(new Set(shown.map((each) => each.form)));
  await showOutcomes(forms);
  const next = shown.find((each) => each.one.way === "decide" || each.one.way === "accept");
  const target = (next && next.row.querySelector(".outcome .button")) || byId("done-title");
  target.focus();
  return entry;
}

/** What a key does on the closing screen: g, r, a for the first case that can be decided; null for any other. */
export function outcomeKey(key) {
  const first = (way) => shown.find((each) => each.one.way === way && each.row.querySelector(".outcome .buttons") && each.one.lacks !== "needed" && each.one.lacks !== "unchecked");
  if (key === "g" || key === "r") {
    const entry = first("decide");
    return entry ? () => ask(entry, key === "g" ? "granted" : "refused") : null;
  }
  const entry = key === "a" ? first("accept") : null;
  return entry ? () => accept(entry) : null;
}
