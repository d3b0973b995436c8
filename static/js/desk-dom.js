/* Parts that all views of the desk share. */

import { h, icon } from "./kiosk-dom.js";
import { hhmm, waitRange } from "./time.js";
import { lang, nameOf, word } from "./words.js";

export const byId = (id) => document.getElementById(id);
export const start = JSON.parse(byId("start").textContent);
export const sign = (name) => icon(byId("desk").dataset.sprite, name);

const BADGES = {
  waiting: "wait", called: "now", serving: "busy", held: "pause", passed: "off", finished: "done",
  abandoned: "off", unserved: "late", frozen: "pause",
};

/** A button; `kind` as in the sheets (primary, quiet, danger, big), `more` its attributes. */
export function button(text, kind, run, more) {
  const { sign: picture, ...attributes } = more || {};
  return h("button", { type: "button", class: `button ${kind}`.trim(), on: run, ...attributes },
    picture && sign(picture), h("span", {}, text));
}

/** The state of a ticket in a word with its mark. */
export function badge(ticket) {
  const state = ticket.frozen && ticket.state === "waiting" ? "frozen" : ticket.state;
  return h("span", { class: `badge ${BADGES[state] || "plain"}`, "data-state": state }, word(`s_${state}`));
}

/** How many are ahead, as people say it. */
export function aheadOf(ticket) {
  return ticket.ahead ? word("ahead", { n: ticket.ahead }) : word("ahead_none");
}

/** The wait in words, or "" when nothing is known. */
export const waitOf = (thing) => waitRange(thing.wait);

/** The heading of the panel. */
export function title(text, ...more) {
  return h("div", { class: "row-apart desk-title" }, h("h2", { id: "panel-title" }, text), ...more);
}

/** Where a line is served: 一楼 1—8 号窗口. */
export function where(code) {
  const places = [];
  (start.stands[code] || []).forEach(([area, areaEn, number]) => {
    const name = lang === "en" ? areaEn || area : area;
    const last = places[places.length - 1];
    if (last && last.name === name) last.numbers.push(number);
    else places.push({ name, numbers: [number] });
  });
  return places.map(({ name, numbers }) => {
    const said = word(numbers.length > 1 ? "window_other" : "window_one", { numbers: runs(numbers) });
    return name ? `${name} ${said}` : said;
  }).join(lang === "en" ? ", " : "，");
}

function runs(numbers) {
  const found = [];
  numbers.forEach((number) => {
    const last = found[found.length - 1];
    if (last && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  });
  const dash = lang === "en" ? "–" : "—";
  return found.map(([from, to]) => (from === to ? String(from) : `${from}${dash}${to}`)).join(lang === "en" ? ", " : "、");
}

/** Whether and until when a line gives out numbers, in words; "" when there is nothing to say. */
export function saidOfLine(line) {
  if (line.stopped_reason) return word("line_stopped", { reason: line.stopped_reason });
  if (!line.open) return line.opens_at ? word("line_opens", { time: hhmm(line.opens_at) }) : word("line_closed");
  return line.warn && line.closes_at ? word("line_closing", { time: hhmm(line.closes_at) }) : "";
}

/** Name and value pairs. */
export function pairs(rows) {
  return h("dl", { class: "pairs desk-pairs" }, rows.filter(([, value]) => value).flatMap(([name, value]) => [
    h("dt", {}, name), h("dd", {}, value),
  ]));
}

/** A message inside the panel; kind: bad, good, care or "". */
export function note(text, kind) {
  return text && h("div", { class: `note ${kind}`.trim(), role: kind === "bad" ? "alert" : "status" },
    sign(kind === "good" ? "done" : kind ? "warning" : "info"), h("p", { class: "grow" }, text));
}

export { h, hhmm, nameOf, word };
