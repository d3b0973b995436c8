/* Times as people say them, in the zone of the site (E3), by the clock of the server. */

import { lang, word } from "./words.js";

const zone = document.documentElement.dataset.zone || "Asia/Shanghai";
const DAY_TURNS_AT = 4; // Q1: the business date turns at 04:00
const clockFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });
const partsFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", hour12: false,
});
const dateFormat = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "zh-CN", {
  timeZone: zone, year: "numeric", month: "long", day: "numeric", weekday: "long",
});

let ahead = 0; // ms by which the server is ahead of this machine
let known = false;

/** Hear what the time is at the server: a Date header (whole seconds) or an `as_of` with its offset.
    Small differences are the journey of the message: only more than a second moves the clock. */
export function noteServerTime(said) {
  const at = said ? Date.parse(said) : NaN;
  if (isNaN(at)) return;
  const found = at - Date.now();
  if (!known || Math.abs(found - ahead) > 1500) ahead = found;
  known = true;
}

/** Now, by the server's clock. */
export function now() {
  return new Date(Date.now() + ahead);
}

function dated(at) {
  return at instanceof Date ? at : new Date(at);
}

/** "09:05", in the site's zone. */
export function hhmm(at) {
  const text = clockFormat.format(dated(at));
  return text.slice(0, 2) === "24" ? "00" + text.slice(2) : text;
}

/** "2026年11月23日星期一" or "Monday 23 November 2026". */
export function longDate(at) {
  return dateFormat.format(dated(at));
}

/** The business date (Q1) as "2026-11-23". */
export function businessDate(at) {
  const shifted = new Date(dated(at || now()).getTime() - DAY_TURNS_AT * 3600000);
  const parts = {};
  partsFormat.formatToParts(shifted).forEach((part) => { parts[part.type] = part.value; });
  return parts.year + "-" + parts.month + "-" + parts.day;
}

/** How long since, in whole seconds, never negative. */
export function secondsSince(at) {
  return Math.max(0, Math.floor((now() - dated(at)) / 1000));
}

/** A timer as "4:05", or "1:04:05" from an hour on. */
export function stopwatch(seconds) {
  const two = (n) => (n < 10 ? "0" + n : String(n));
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  return h ? h + ":" + two(m) + ":" + two(seconds % 60) : m + ":" + two(seconds % 60);
}

/** "about 15–25 minutes": the lower end rounded down to 5, the upper up to 5; "" when nothing is known.
    The server words it by the same rule where there are no scripts. */
export function waitRange(wait) {
  if (!wait || typeof wait.p50_min !== "number" || typeof wait.p90_min !== "number") return "";
  const low = Math.floor(wait.p50_min / 5) * 5;
  const high = Math.max(5, Math.ceil(wait.p90_min / 5) * 5);
  if (high <= 5) return word("under_five");
  if (high > 90) return word("about_hours", { range: between(halves(low, Math.floor), halves(high, Math.ceil)) });
  return word("about_minutes", { range: between(Math.max(5, low), high) });
}

function halves(minutes, round) {
  return Math.max(0.5, round(minutes / 30) / 2);
}

function between(low, high) {
  return low === high ? String(low) : low + "–" + high;
}

/** Call `show(date)` now and at each new second (or `every` seconds), by the server's clock. Returns stop(). */
export function tick(show, every) {
  const step = (every || 1) * 1000;
  let timer = 0;
  const next = () => {
    show(now());
    timer = setTimeout(next, step - (now().getTime() % step) + 5);
  };
  next();
  return () => clearTimeout(timer);
}
