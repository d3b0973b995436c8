/* A number that was looked up: what happened to it, what can be done, and why another one was first (Q7). */

import { aheadOf, badge, button, h, hhmm, nameOf, note, pairs, sign, start, title, waitOf, word } from "./desk-dom.js";
import { longDate } from "./time.js";

const ACTIONS = {
  priority: "priority", rejoin: "undo", return: "paper", reprint: "printer", address: "phone", leave: "close",
};
const ASKS = ["reprint", "address", "leave", "return"]; // done only after a second touch

/** The panel of one ticket. */
export function found(desk) {
  const { ticket } = desk.view;
  return [
    h("div", { class: "row-apart desk-title" },
      h("h2", { class: "desk-number", id: "panel-title", "data-number": ticket.number }, ticket.number), badge(ticket)),
    note(desk.problem, "bad"),
    note(desk.view.said, "good"),
    desk.view.address && address(desk.view.address, ticket),
    summary(ticket),
    actions(desk, ticket),
    why(desk),
    story(ticket),
  ].filter(Boolean);
}

/** A return code was entered: nothing is drawn before the papers were looked at. */
export function returning(desk) {
  const { code } = desk.view;
  return [
    title(word("return_code")),
    note(desk.problem, "bad"),
    h("p", { class: "desk-number desk-code-read", "data-code": code }, `${code.slice(0, 5)}-${code.slice(5)}`),
    h("div", { class: "note care desk-sure", role: "group", "aria-labelledby": "sure", "data-key": "sure-code" },
      sign("warning"), h("p", { class: "grow", id: "sure" }, word("sure_return")),
      button(word("yes"), "primary", () => desk.comeBack(), { id: "yes" }),
      button(word("no"), "", () => desk.clear(), {})),
  ].filter(Boolean);
}

function summary(ticket) {
  const line = nameOf(ticket, "line_name");
  const where = nameOf(ticket, "window_name");
  const tags = [
    ticket.test && h("span", { class: "badge late" }, word("is_test")),
    ticket.lane === "priority" && h("span", { class: "badge wait" }, word("with_priority")),
    ticket.heads > 1 && h("span", { class: "tag" }, word("group", { n: ticket.heads })),
    ticket.why_waiting && ticket.lane !== "priority" && h("span", { class: "tag" }, ticket.why_waiting),
    ticket.reprints > 0 && h("span", { class: "tag" }, word("reprinted", { n: ticket.reprints })),
  ].filter(Boolean);
  return h("div", { class: "desk-found" },
    h("div", { class: "stack-s grow" },
      h("p", { class: "lead" }, line),
      h("p", {}, [
        ticket.business_date === start.date ? "" : word("of_day", { date: longDate(ticket.issued_at) }),
        word("drawn_at", { time: hhmm(ticket.issued_at) }),
        ticket.state === "waiting" ? aheadOf(ticket) : "", ticket.state === "waiting" ? waitOf(ticket) : "",
      ].filter(Boolean).join(" · ")),
      where && h("p", {}, `${word("called_to", { window: where })} · ${hhmm(ticket.called_at)} · ${word("called_times", { n: ticket.times_called })}`),
      ticket.rejoin_until && h("p", {}, word("rejoin_until", { time: hhmm(ticket.rejoin_until) })),
      tags.length ? h("p", { class: "tags" }, tags) : null));
}

function actions(desk, ticket) {
  const { asking } = desk.view;
  const late = ticket.state === "passed" && ticket.can.indexOf("rejoin") === -1;
  return h("div", { class: "stack-s" },
    late ? note(word("passed_late"), "care") : null,
    !ticket.can.length && !late ? h("p", { class: "quiet" }, word("over")) : null,
    h("div", { class: "buttons desk-actions" },
      ticket.can.map((verb) => button(word(`do_${verb}`), main(verb), () => desk.act(verb), {
        "data-key": verb, "data-verb": verb, sign: ACTIONS[verb], "aria-expanded": asks(verb) ? String(asking === verb) : null,
      })),
      late ? button(word("new_number"), "primary", () => desk.pickLine(ticket.line), { "data-key": "new", sign: "ticket" }) : null),
    asking === "priority" ? reasons(desk) : null,
    ASKS.indexOf(asking) === -1 ? null : sure(desk, asking));
}

const main = (verb) => (["rejoin", "return"].indexOf(verb) === -1 ? "" : "primary");
const asks = (verb) => verb === "priority" || ASKS.indexOf(verb) !== -1;

function reasons(desk) {
  return h("div", { class: "desk-reasons", "data-key": "reasons" }, start.reasons.map(([code, name]) => button(
    name, "", () => desk.doIt("priority", { reason: code }), { "data-key": code, "data-reason": code },
  )));
}

function sure(desk, verb) {
  const body = verb === "address" ? { confirmed: true } : verb === "return" ? desk.returnBody() : undefined;
  return h("div", { class: "note care desk-sure", role: "group", "aria-labelledby": "sure", "data-key": `sure-${verb}` },
    sign("warning"), h("p", { class: "grow", id: "sure" }, word(`sure_${verb}`)),
    button(word("yes"), "primary", () => desk.doIt(verb, body), { id: "yes" }),
    button(word("no"), "", () => desk.act(verb)));
}

function address(given, ticket) {
  return h("div", { class: "note desk-address" }, sign("phone"), h("div", { class: "grow" },
    h("strong", {}, word("address", { number: ticket.number })),
    given.follow_url ? null : h("p", { class: "small" }, word("address_none")),
    h("code", {}, given.follow_url || window.location.origin + given.path)));
}

function why(desk) {
  return h("form", { class: "desk-why", id: "why" },
    h("label", { for: "other" }, h("strong", {}, word("ask_why"))),
    h("div", { class: "row" },
      h("input", {
        class: "input short", id: "other", type: "text", maxlength: "12", placeholder: "A010", required: true,
        autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "aria-label": word("other_number"),
      }),
      h("button", { type: "submit", class: "button", "aria-busy": String(desk.busy) }, h("span", {}, word("explain")))));
}

function story(ticket) {
  return h("section", { "aria-label": word("story") },
    h("h3", {}, word("story")),
    ticket.story.length
      ? h("ol", { class: "desk-story", role: "list" }, ticket.story.map((step) => h("li", {},
        h("span", { class: "number quiet" }, hhmm(step.at)), h("span", { class: "grow" }, step.text))))
      : h("p", { class: "quiet" }, word("story_none")));
}

/** The panel that answers "why was that one first?". */
export function explained(desk) {
  const { answer, asked } = desk.view;
  return [
    title(answer.verdict),
    h("section", { class: "desk-aloud", "aria-labelledby": "aloud" },
      h("h3", { id: "aloud" }, sign("sound"), " ", word("read_out")),
      answer.public.map((sentence) => h("p", { class: "lead" }, sentence))),
    h("section", { class: "desk-secret", "aria-labelledby": "secret" },
      h("h3", { id: "secret" }, sign("lock"), " ", word("staff_only")),
      h("p", { class: "small" }, word("not_aloud")),
      h("ul", {}, answer.staff.map((sentence) => h("li", {}, sentence))),
      h("div", { class: "desk-both" }, answer.tickets.map((ticket) => h("div", { "data-key": ticket.number },
        h("h4", { class: "row" }, h("span", { class: "ticket-number" }, ticket.number), badge(ticket)),
        pairs([[word("drawn_at", { time: hhmm(ticket.issued_at) }), nameOf(ticket, "line_name")]]),
        story(ticket))))),
    button(word("back", { number: asked }), "", () => desk.find(asked), { sign: "back", id: "back" }),
  ];
}
