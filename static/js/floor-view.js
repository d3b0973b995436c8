/* What the floor shows of a state: figures, windows, lines, notices, devices in trouble. Builds elements, sends nothing. */

import { h } from "./kiosk-dom.js";
import { hhmm, now, secondsSince, waitRange } from "./time.js";
import { has, nameOf, plural, word } from "./words.js";

/** How long since, in words; "" for nothing. */
export function howLong(at) {
  if (!at) return "";
  const minutes = Math.floor(secondsSince(at) / 60);
  if (minutes < 1) return word("just_now");
  if (minutes < 60) return plural("minutes", minutes);
  return word("hour_minutes", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

const badge = (text, kind) => h("span", { class: "badge " + kind }, text);
const KINDS = { open: "done", paused: "pause", closed: "off", empty: "late" };
const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);

/** Waiting, over target, windows open, windows empty. */
export function figures(state) {
  const windows = state.windows;
  const count = (kind) => windows.filter((window) => window.state === kind).length;
  const over = sum(state.lines, "over_target");
  const empty = count("empty");
  const free = state.helpers.filter((one) => one.state === "free").length;
  return [
    figure("waiting", word("waiting_now"), word("people", { n: sum(state.lines, "waiting") })),
    figure("over", word("over_target"), over ? badge(word("people", { n: over }), "late") : word("people", { n: 0 })),
    figure("open", word("windows_open"), word("of", { n: count("open"), all: windows.length })),
    figure("empty", word("empty_windows"), empty ? badge(String(empty), "late") : "0"),
    ...(state.helpers.length ? [figure("helpers", word("help_helpers"), word("free_n", { n: free, all: state.helpers.length }))] : []),
  ];
}

function figure(key, what, value) {
  return h("li", { class: "figure", "data-key": key }, h("span", { class: "what" }, what), h("span", { class: "value" }, value));
}

/** One tile a window; a button where `choose(window)` is given. */
export function tile(window, lineNames, choose) {
  if (window.state === "closed" && !window.current && !window.held && !window.loans.length) return calm(window, choose);
  const inside = [
    h("span", { class: "tile-head" },
      h("span", { class: "tile-number" }, nameOf(window)),
      badge(word("state_" + window.state), KINDS[window.state] || "off")),
    h("span", { class: "tile-who" },
      h("span", { class: "tile-staff" }, window.staff_name || "—"),
      h("span", { class: "tile-current ticket-number" }, window.current || "")),
    h("span", { class: "tile-since" }, sinceOf(window)),
    h("span", { class: "tile-more" }, moreOf(window, lineNames)),
  ];
  return framed(window, choose, inside);
}

/** In place of the tiles where a hall has no window yet. */
export const noWindows = () => h("li", { class: "empty" }, h("strong", {}, word("no_windows")), h("p", {}, word("no_windows_hint")));

/** A window that nobody has opened yet, or that is closed with the hall: one short line. */
function calm(window, choose) {
  return framed(window, choose, [h("span", { class: "tile-number" }, nameOf(window)),
    h("span", { class: "tile-since" }, window.since ? word("state_closed") : word("nobody_yet"))]);
}

function framed(window, choose, inside) {
  const attributes = { class: "tile", "data-state": window.state, on: choose && (() => choose(window)) };
  if (choose) Object.assign(attributes, { type: "button", "aria-haspopup": "dialog" });
  return h("li", { "data-key": window.code }, h(choose ? "button" : "div", attributes, ...inside));
}

const URGENCY = ["empty", "paused", "open", "closed"];

/** What needs attention first: empty windows, paused ones, open ones, those not opened; inside by number. */
export function byAttention(windows) {
  return windows.slice().sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state) || a.number - b.number);
}

function since(at) {
  return secondsSince(at) < 60 ? word("just_now") : word("since", { time: howLong(at) });
}

function sinceOf(window) {
  if (window.current) return word(window.current_state) + " " + since(window.current_since);
  if (window.state === "paused") {
    const reason = has(window.reason) ? word(window.reason) : window.reason || "";
    return [reason, howLong(window.since)].filter(Boolean).join(" · ");
  }
  if (window.state === "open") return word("free");
  return window.since ? since(window.since) : window.state === "empty" ? word("nobody_yet") : "";
}

function moreOf(window, lineNames) {
  const loans = window.loans.map((loan) => word("lent_until", { line: lineNames[loan.line] || loan.line, time: hhmm(loan.until) }));
  const held = window.held ? [word("held_n", { n: window.held })] : [];
  return loans.concat(held).join(" · ");
}

/** One row a line; with `act(line, verb)` a key to stop or reopen it. */
export function lineRow(line, act) {
  const late = line.longest_since && secondsSince(line.longest_since) > line.target_min * 60;
  return h("tr", { "data-key": line.code },
    h("th", { scope: "row" },
      h("span", { class: "line-name" }, h("span", { class: "line-prefix" }, line.prefix), nameOf(line)),
      standing(line)),
    h("td", { class: "amount" }, h("strong", {}, String(line.waiting))),
    h("td", { class: "amount" }, line.over_target ? badge(word("over_n", { n: line.over_target }), "late") : "0"),
    h("td", { class: "amount" }, h("span", { class: late ? "overdue" : "" }, howLong(line.longest_since) || "—")),
    h("td", { class: "amount" }, line.windows_open ? String(line.windows_open) : line.waiting ? badge(word("none_open"), "late") : "0"),
    h("td", {}, waitRange(line.wait) || "—"),
    act ? h("td", {}, lineKey(line, act)) : "");
}

function standing(line) {
  if (line.stopped_reason) return h("span", { class: "line-state" }, badge(word("stopped"), "late"), " ", line.stopped_reason);
  if (!line.open) return h("span", { class: "line-state" }, badge(word("closed"), "off"));
  if (line.warn) return h("span", { class: "line-state" }, badge(word("warn"), "pause"));
  return "";
}

function lineKey(line, act) {
  const verb = line.stopped_reason ? "reopen" : "stop";
  const label = word(verb + "_line", { line: nameOf(line) });
  return h("button", { class: "button", type: "button", "data-verb": verb, "aria-label": label, on: () => act(line, verb) }, word(verb));
}

/** The notices that run; with `withdraw(notice)` a key to take each down. */
export function noticeRows(notices, withdraw) {
  if (!notices.length) return [h("li", { class: "quiet" }, word("no_notice"))];
  return notices.map((notice) => h("li", { "data-key": String(notice.id) },
    h("span", { class: "grow" }, notice.text, notice.text_en ? h("span", { class: "quiet small", lang: "en" }, " " + notice.text_en) : ""),
    notice.until ? h("span", { class: "quiet small nowrap" }, word("until", { time: hhmm(notice.until) })) : "",
    withdraw ? h("button", {
      class: "button", type: "button", "aria-label": word("withdraw_notice", { text: notice.text }), on: () => withdraw(notice),
    }, word("withdraw")) : ""));
}

/** Devices that need a hand, and papers of kiosks that were not taken, as a note each; nothing where all is well. */
export const troubles = (state) => stores(state.trouble).concat(papers(state.aside), devicesOf(state.devices));

function stores(trouble) {
  return trouble ? [h("p", { class: "note bad floor-trouble", "data-key": "stores" }, word(trouble))] : [];
}

function papers(numbers) {
  if (!numbers.length) return [];
  return [h("p", { class: "note bad floor-trouble", "data-key": "aside" }, word("papers_aside", { numbers: numbers.join(", ") }))];
}

function devicesOf(devices) {
  if (!devices.length) return [];
  const told = devices.map((device) => h("li", { "data-key": String(device.id) },
    h("strong", { class: "device" }, word(device.role) + " " + device.name), " ",
    device.troubles.map((trouble) => word(trouble === "offline" ? "offline_device" : trouble)).join(" · ")));
  return [h("div", { class: "note bad floor-trouble", "data-key": "devices" }, h("strong", {}, word("device_trouble")), h("ul", { role: "list" }, ...told))];
}

/** What ending the day now would do: {n, waiting, held, at_windows}. */
export function ending(state) {
  const waiting = sum(state.lines, "waiting_tickets");
  const held = sum(state.windows, "held");
  return { n: waiting + held, waiting, held, at_windows: state.windows.filter((window) => window.current).length };
}

/** An instant from a time of day "HH:MM" in the site's zone: the next such moment, as ISO 8601; "" for nothing. */
export function nextMoment(clock) {
  if (!/^\d\d:\d\d$/.test(clock)) return "";
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const present = now();
  const ahead = (minutes(clock) - minutes(hhmm(present)) + 1440) % 1440 || 1440;
  return new Date(Math.floor(present.getTime() / 60000) * 60000 + ahead * 60000).toISOString();
}
