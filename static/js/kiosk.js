/* The kiosk: from the first touch to the ticket. One state, one view at a time, home by itself after a while. */

import { draw, followLines, newKey } from "./kiosk-server.js";
import { h, homeView, confirmView, reasonsView, ticketView, troubleView, slip } from "./kiosk-views.js";

const page = JSON.parse(document.getElementById("words").textContent);
const stage = document.getElementById("main");
const parts = Object.fromEntries(
  Array.from(document.querySelectorAll("[data-part]"), (element) => [element.dataset.part, element]),
);
const fresh = () => ({ view: "home", lang: "zh", elder: false, several: false, chosen: [], reason: null, at: 0 });
let state = fresh();
let lines = page.lines.lines;
let asOf = page.lines.as_of;
let away = false;
let busy = false;
let tapped = Date.now();

export const say = (key, values = {}) =>
  page.words[state.lang][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const kiosk = {
  say,
  get state() { return state; },
  get lines() { return lines; },
  get matters() { return page.matters; },
  nameOf: (thing) => (state.lang === "en" && thing.name_en) || thing.name,
  line: (code) => lines.find((line) => line.code === code),
  go(change) {
    state = { ...state, ...change };
    render();
    if ("view" in change) stage.focus({ preventScroll: true });
  },
  home() {
    kiosk.go({ view: "home", several: false, chosen: [], reason: null, key: null, at: 0 });
  },
  pick(code) {
    if (!state.several) return kiosk.go({ view: "confirm", chosen: [code], key: newKey() });
    const chosen = state.chosen.includes(code) ? state.chosen.filter((one) => one !== code) : [...state.chosen, code];
    return chosen.length <= page.matters && kiosk.go({ chosen });
  },
  async draw() {
    if (busy) return;
    busy = true;
    render();
    const wanted = state;
    const answer = await draw(wanted.chosen, { key: wanted.key, lang: wanted.lang, reason: wanted.reason });
    busy = false;
    tapped = Date.now();
    if (answer.tickets) kiosk.go({ view: "ticket", tickets: answer.tickets });
    else kiosk.go({ view: "trouble", trouble: answer });
  },
  print() {
    document.querySelector(".kiosk-slip").replaceChildren(...slip(kiosk, page));
    globalThis.print();
  },
  get busy() { return busy; },
};

const VIEWS = { home: homeView, confirm: confirmView, reasons: reasonsView, ticket: ticketView, trouble: troubleView };

function render() {
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.documentElement.toggleAttribute("data-elder", state.elder);
  document.body.dataset.view = state.view;
  document.body.classList.toggle("lowered", Boolean(state.lowered));
  parts.site.textContent = kiosk.nameOf(page.site);
  const view = VIEWS[state.view](kiosk);
  parts.question.textContent = view.question;
  parts.how.textContent = view.how ?? "";
  stage.replaceChildren(...view.content, ...footer());
  parts.desk.textContent = say("desk");
  parts.free.textContent = say("free");
  parts.phone.textContent = page.phone ? say("phone", { phone: page.phone }) : "";
  parts.away.textContent = say("away");
  parts.away.hidden = !away;
  tick();
}

/** On all views but the first: how long until the next person finds the start, and the way there at once. */
function footer() {
  if (state.view === "home") return [];
  return [h("p", { class: "kiosk-countdown", "data-countdown": "" })];
}

function tick() {
  const now = new Date();
  const format = (options) => new Intl.DateTimeFormat(state.lang === "zh" ? "zh-CN" : "en-GB", {
    timeZone: page.site.zone, ...options,
  });
  parts.date.textContent = format({ year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(now);
  parts.time.textContent = format({ hour: "2-digit", minute: "2-digit", hour12: false }).format(now);
  const time = format({ hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(asOf));
  parts["as-of"].textContent = say("as_of", { time });
  const left = Math.ceil(page.home_after_s - (now.getTime() - tapped) / 1000);
  const quiet = state.view === "home" && !state.several && !state.reason && !state.elder && state.lang === "zh"
    && !state.lowered && !state.at;
  if (left <= 0 && !busy && !quiet) {
    state = fresh();
    tapped = Date.now();
    render();
    return;
  }
  const shown = stage.querySelector("[data-countdown]");
  if (shown) shown.textContent = say("home_in", { n: Math.max(left, 0) });
}

document.addEventListener("pointerdown", () => { tapped = Date.now(); }, { capture: true });
document.addEventListener("keydown", () => { tapped = Date.now(); }, { capture: true });
document.addEventListener("contextmenu", (event) => event.preventDefault());
setInterval(tick, 500);
render();
document.addEventListener("DOMContentLoaded", () => followLines(
  page.site.code,
  (told) => {
    lines = told.lines;
    asOf = told.as_of;
    if (state.view === "home" || state.view === "confirm") render();
  },
  (there) => {
    away = !there;
    parts.away.hidden = there;
    document.body.dataset.server = there ? "there" : "away";
  },
));
