/* The waiting list and what is on hold. Rows are kept and moved, so that focus stays and nothing is lost under it. */

import { textOf } from "./console-pick.js";
import { hhmm, now, secondsSince } from "./time.js";
import { nameOf, plural, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const rows = { waiting: new Map(), held: new Map() }; // token → {item, button, said}

/** The reasons of one row in words. */
export function whyOf(row) {
  return row.why.map((why) => {
    const waited = Math.floor((now() - Date.parse(row.issued_at)) / 60000);
    const key = why.key === "frozen" && why.window === null ? "frozen_on_hold" : why.key;
    return word("why_" + key, { minutes: why.key === "overdue" ? waited : why.minutes || 0, window: why.window });
  }).join(" · ");
}

function tag(text, css) {
  return textOf(text, "tag " + (css || ""));
}

function waitingParts(row, lineName) {
  const minutes = Math.floor(secondsSince(row.issued_at) / 60);
  const parts = [textOf(row.number, "ticket-number")];
  if (row.lane === "priority") parts.push(tag(word("priority")));
  if (row.heads > 1) parts.push(tag(word("people", { n: row.heads })));
  if (row.test) parts.push(tag(word("test")));
  parts.push(textOf(lineName(row.line), "grow line-name"));
  parts.push(textOf(word("waited", { minutes }), minutes > row.target_min ? "overdue number" : "quiet number"));
  const why = textOf(hhmm(row.issued_at) + " · " + whyOf(row), "why small quiet");
  return [parts, why];
}

function heldParts(row, lineName) {
  const parts = [textOf(word("resume", { number: row.number }), "ticket-number")];
  if (row.heads > 1) parts.push(tag(word("people", { n: row.heads })));
  parts.push(textOf(lineName(row.line), "grow line-name"));
  if (row.since) parts.push(textOf(word("since", { time: hhmm(row.since) }), "quiet number"));
  const more = [row.reason ? reasonOf(row.reason) : "", ...row.notes.slice(-1)].filter(Boolean).join(" · ");
  return [parts, textOf(more, "why small quiet")];
}

function reasonOf(key) {
  const said = word("reason_" + key);
  return said === "reason_" + key ? key : said;
}

function keep(kind, list, wanted, make, press) {
  const known = rows[kind];
  const seen = new Set();
  wanted.forEach((row, index) => {
    let entry = known.get(row.token);
    if (!entry) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      item.appendChild(button);
      entry = { item, button, said: "", row };
      button.addEventListener("click", () => press(entry.row));
      known.set(row.token, entry);
    }
    entry.row = row;
    seen.add(row.token);
    const [parts, why] = make(row);
    const said = parts.concat(why).map((part) => part.className + part.textContent).join("|");
    if (said !== entry.said) {
      const first = document.createElement("span");
      first.className = "first";
      first.replaceChildren(...parts);
      entry.button.replaceChildren(first, why);
      entry.said = said;
    }
    entry.item.classList.toggle("frozen", Boolean(row.frozen));
    if (list.children[index] !== entry.item) list.insertBefore(entry.item, list.children[index] || null);
  });
  known.forEach((entry, token) => {
    if (seen.has(token)) return;
    if (entry.item.contains(document.activeElement)) list.focus();
    entry.item.remove();
    known.delete(token);
  });
}

function note(list, id, text) {
  let last = byId(id);
  if (!last) {
    last = document.createElement("li");
    last.id = id;
    last.className = "quiet small";
  }
  last.textContent = text;
  last.hidden = !text;
  list.appendChild(last);
}

/** Show both lists. `press.waiting(row)` opens a number, `press.held(row)` takes it up again. */
export function showLists(shown, lines, press) {
  const lineName = (code) => (lines.has(code) ? nameOf(lines.get(code)) : code);
  const waiting = byId("waiting");
  const held = byId("held");
  keep("waiting", waiting, shown.waiting, (row) => waitingParts(row, lineName), press.waiting);
  keep("held", held, shown.held_tickets, (row) => heldParts(row, lineName), press.held);
  const beyond = shown.waiting_count - shown.waiting.filter((row) => !row.test).length; // the count is of people (Q11)
  note(waiting, "waiting-more", shown.waiting.length ? (beyond > 0 ? word("cut_off", { n: beyond }) : "") : word("nobody"));
  note(held, "held-none", shown.held_tickets.length ? "" : word("held_none"));
  byId("waiting-count").textContent = String(shown.waiting_people);
  byId("held-count").textContent = shown.held_tickets.length ? String(shown.held_tickets.length) : "";
}

/** Arrows move through a list whose rows are buttons. */
export function walk(list) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -1000, End: 1000 }[event.key];
    const buttons = Array.from(list.querySelectorAll("button"));
    if (!step || !buttons.length) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))].focus();
  });
}

/** Put the focus on the first row, or on the list when it is empty. */
export function goTo(list) {
  (list.querySelector("button") || list).focus();
}

export { plural, reasonOf };
