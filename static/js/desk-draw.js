/* Choosing a line or service and drawing: one touch chooses, the second draws, with priority or without. */

import { aheadOf, badge, button, h, nameOf, note, pairs, saidOfLine, sign, start, title, waitOf, where, word } from "./desk-dom.js";
import { printerChoice } from "./desk-print.js";

const LANGUAGES = [["zh", "中文"], ["en", "English"]];

/** The tiles of the lines, with what is live about each. */
export function tiles(desk) {
  if (!desk.lines.length) return [h("p", { class: "quiet" }, word("no_lines"))];
  return desk.lines.map((line) => {
    const chosen = desk.picks.some((pick) => pick.at === line.code);
    const said = saidOfLine(line);
    return h("button", {
      type: "button", class: `desk-line${line.open ? "" : " shut"}`, "data-line": line.code,
      "aria-pressed": String(chosen), on: () => desk.pick({ at: line.code, line: line.code, name: line.name, name_en: line.name_en }),
    },
    h("span", { class: "desk-prefix", "aria-hidden": "true" }, line.prefix),
    h("strong", {}, nameOf(line)),
    h("span", { class: "desk-count number" }, line.waiting ? word("line_waiting", { n: line.waiting }) : word("line_nobody")),
    h("span", { class: `desk-live small${said || !line.windows_open ? " care" : ""}` },
      said || [line.windows_open ? word("windows_open", { n: line.windows_open }) : word("windows_none"), waitOf(line)].filter(Boolean).join(" · ")));
  });
}

/** What the search found. */
export function results(desk) {
  return desk.hits.map((hit) => h("li", { "data-item": hit.code },
    h("button", { type: "button", class: "desk-hit", on: () => desk.pick(hit) },
      h("strong", { class: "grow" }, nameOf(hit)),
      h("span", { class: "small quiet" }, lineName(desk, hit.at)),
      h("span", { class: "small quiet number" }, hit.papers.length ? word("papers_n", { n: hit.papers.length }) : ""))));
}

const lineOf = (desk, code) => desk.lines.find((line) => line.code === code);
export const lineName = (desk, code) => (lineOf(desk, code) ? nameOf(lineOf(desk, code)) : code);

/** The panel before drawing. */
export function choosing(desk) {
  const shut = desk.picks.map((pick) => lineOf(desk, pick.at)).filter((line) => line && !line.open);
  const one = desk.picks.length === 1 && !desk.several ? desk.picks[0] : null;
  const heading = one ? nameOf(one) : word("chosen");
  return [
    title(heading, one && one.line === undefined && h("span", { class: "tag" }, lineName(desk, one.at))),
    note(desk.problem, "bad"),
    one ? facts(desk, one) : basket(desk),
    shut.length ? note(`${word("closed_no_draw")} ${shut.map((line) => `${nameOf(line)}: ${saidOfLine(line)}`).join(" ")}`, "care") : null,
    shut.length && !shut.some((line) => line.stopped_reason) ? trial(desk) : null, // tried before the doors open (Q11)
    shut.length || !desk.picks.length ? null : ways(desk),
  ].filter(Boolean);
}

function facts(desk, pick) {
  const line = lineOf(desk, pick.at);
  return h("div", { class: "stack-s" },
    line && pairs([
      [word("waiting_now"), line.waiting ? word("line_waiting", { n: line.waiting }) : word("line_nobody")],
      [word("wait_now"), waitOf(line) || (line.waiting ? word("wait_unknown") : "")],
      [word("where"), where(pick.at)],
    ]),
    pick.papers && pick.papers.length ? papers(pick) : null);
}

function papers(pick) {
  return h("details", { class: "desk-papers", open: true },
    h("summary", {}, `${word("papers")} (${pick.papers.length})`),
    h("ul", {}, pick.papers.map((paper) => {
      const kinds = [paper.originals ? word("original") : "", paper.copies ? word("copies", { n: paper.copies }) : ""].filter(Boolean);
      const when = nameOf(paper, "condition");
      return h("li", {}, nameOf(paper), " ", h("span", { class: "quiet small" }, [kinds.join(" + "), when].filter(Boolean).join(" · ")));
    })));
}

function basket(desk) {
  if (!desk.picks.length) return h("p", { class: "quiet" }, word("chosen_none", { n: start.matters }));
  return h("ul", { class: "desk-basket", role: "list" }, desk.picks.map((pick) => h("li", { class: "row", "data-key": pick.at },
    h("strong", { class: "grow" }, nameOf(pick)),
    h("span", { class: "quiet small" }, pick.line === undefined ? lineName(desk, pick.at) : ""),
    button("", "quiet square", () => desk.pick(pick), { sign: "close", "aria-label": word("remove", { name: nameOf(pick) }) }))));
}

function ways(desk) {
  const count = desk.picks.length;
  return h("div", { class: "stack" },
    button(count > 1 ? word("draw_n", { n: count }) : word("draw"), "primary big wide desk-main",
      () => desk.draw({}), { id: "draw", sign: "ticket", "aria-busy": String(desk.busy) }),
    h("section", { "aria-labelledby": "priority-title" },
      h("h3", { id: "priority-title" }, word("priority_draw")),
      h("p", { class: "small quiet" }, word("priority_how")),
      h("div", { class: "desk-reasons" }, start.reasons.map(([code, name]) => button(
        name, "", () => desk.draw({ lane: "priority", reason: code }), { "data-key": code, "data-reason": code },
      )))),
    more(desk));
}

function more(desk) {
  const { heads, lang } = desk.options;
  return h("details", { class: "desk-more", "data-key": "more", open: desk.more },
    h("summary", {}, word("more")),
    h("div", { class: "stack" },
      h("div", { class: "row" }, h("span", { id: "heads-label" }, word("heads")),
        button("", "square", () => desk.setHeads(heads - 1), { sign: "minus", "aria-label": word("fewer") }),
        h("output", { class: "desk-heads number", "aria-labelledby": "heads-label" }, String(heads)),
        button("", "square", () => desk.setHeads(heads + 1), { sign: "plus", "aria-label": word("one_more") })),
      h("div", { class: "row", role: "group", "aria-label": word("slip_language") }, h("span", {}, word("slip_language")),
        LANGUAGES.map(([code, name]) => button(name, "", () => desk.setLang(code), { "aria-pressed": String(lang === code), lang: code }))),
      h("div", { class: `field${desk.personWrong ? " wrong" : ""}` },
        h("label", { for: "person" }, word("person")),
        h("span", { class: "hint", id: "person-how" }, word("person_how")),
        h("input", {
          class: "input", id: "person", type: "text", autocomplete: "off", spellcheck: "false", maxlength: "30",
          "aria-describedby": desk.personWrong ? "person-how person-wrong" : "person-how", "aria-invalid": desk.personWrong ? "true" : null,
        }),
        desk.personWrong && h("span", { class: "wrong-text", id: "person-wrong" }, word("person_wrong"))),
      trial(desk)));
}

function trial(desk) {
  return h("div", { class: "row" }, button(word("test"), "", () => desk.draw({ test: true }), { id: "draw-test" }),
    h("span", { class: "small quiet grow" }, word("test_how")));
}

/** Somebody who comes back on a later day brings a notice with the number of then (Q3). */
export function earlier() {
  return h("details", { class: "desk-more desk-earlier" },
    h("summary", {}, word("earlier")),
    h("form", { class: "row", id: "earlier" },
      h("label", { for: "notice-number" }, word("notice_number")),
      h("input", { class: "input short", id: "notice-number", required: true, maxlength: "12", autocomplete: "off", autocapitalize: "characters" }),
      h("label", { for: "notice-day" }, word("notice_day")),
      h("input", { class: "input", id: "notice-day", type: "date", required: true, max: start.date }),
      h("button", { type: "submit", class: "button" }, h("span", {}, word("look_up")))));
}

/** The panel after drawing: the number, big enough to be shown across the desk. */
export function drawn(desk) {
  const { tickets, said, again } = desk.view;
  return [
    title(again ? word("further_slip", { number: tickets[0].number }) : tickets.length > 1 ? word("drawn_n") : word("drawn")),
    note(said, "good"),
    h("div", { class: "desk-tickets", role: "status" }, tickets.map((ticket) => card(desk, ticket))),
    tickets.length > 1 ? h("p", { class: "quiet" }, word("several_note")) : null,
    tickets[0].follow_url && h("figure", { class: "desk-code" },
      h("img", { src: `/api/v1/tickets/${tickets[0].token}/qr.svg`, alt: "", width: "160", height: "160" }),
      h("figcaption", { class: "small" }, word("scan"))),
    printerChoice(),
    h("div", { class: "buttons" },
      again ? null : button(word("print"), "primary big grow", () => desk.print(), { id: "print", sign: "printer" }),
      button(word("next_person"), again ? "primary big grow" : "big", () => desk.clear(), { id: "next-person", sign: "forward" })),
  ].filter(Boolean);
}

function card(desk, ticket) {
  return h("div", { class: "desk-ticket", "data-key": ticket.number },
    h("p", { class: "desk-number", "data-number": ticket.number }, ticket.number),
    h("p", { class: "lead" }, lineName(desk, ticket.line)),
    h("p", {}, [aheadOf(ticket), waitOf(ticket)].filter(Boolean).join(" · ")),
    where(ticket.line) && h("p", {}, sign("place"), " ", where(ticket.line)),
    h("p", { class: "tags" },
      ticket.state !== "waiting" && badge(ticket),
      ticket.test && h("span", { class: "badge late" }, word("is_test")),
      ticket.lane === "priority" && h("span", { class: "badge wait" }, word("with_priority")),
      ticket.heads > 1 && h("span", { class: "tag" }, word("group", { n: ticket.heads }))));
}
