/* The kiosk: from the first touch to the ticket. One state, one view at a time, home by itself after a while.
   Both languages are in the page, so that switching needs no server and the next person starts in Chinese. */

import { newKey, post } from "./api.js";
import { h, icon, patch } from "./kiosk-dom.js";
import { confirmView, homeView, reasonsView } from "./kiosk-choose.js";
import { followHelp, helpStay, helpView } from "./kiosk-help.js";
import { missedView } from "./kiosk-missed.js";
import { FIRST_PAPER, fitPapers } from "./kiosk-papers.js";
import { followPrinter, paper, stay } from "./kiosk-print.js";
import { hearScanner, returnView } from "./kiosk-return.js";
import { offersView, searchView, shelvesView } from "./kiosk-search.js";
import { ticketView, troubleView } from "./kiosk-ticket.js";
import { speak } from "./kiosk-voice.js";
import { onStatus, watch } from "./live.js";
import { now } from "./time.js";

const NONE = {};
const VIEWS = {
  shelves: shelvesView, offers: offersView, search: searchView, home: homeView, confirm: confirmView, reasons: reasonsView, ticket: ticketView, trouble: troubleView,
  missed: missedView, return: returnView, help: helpView,
};
const FIRST = {
  view: "home", lang: "zh", elder: false, lowered: false, several: false, chosen: [], offers: NONE, reason: null, at: 0, busy: false,
  voice: false,
};
const BOARD_CALLS = 3;

const page = JSON.parse(document.getElementById("words").textContent);
const stage = document.getElementById("main");
const parts = {};
document.querySelectorAll("[data-part]").forEach((element) => { parts[element.dataset.part] = element; });

let state = FIRST;
let { lines, as_of: asOf } = page.lines;
let board = page.board;
let away = false;
let touched = Date.now();
let resting = false; // a finger lies on the screen
let shownStage = "";

const kiosk = {
  page,
  views: VIEWS,
  get state() { return state; },
  get lines() { return lines; },
  say: (key, values = {}) => page.words[state.lang][key].replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank),
  sign: (name) => icon(page.sprite, name),
  nameOf: (thing) => (state.lang === "en" && thing.name_en) || thing.name,
  line: (code) => lines.find((line) => line.code === code) ?? { code, name: "", prefix: "", waiting: 0 },
  examples: (code) => page.examples[state.lang][code] ?? "",
  place: (code) => page.places[state.lang][code] ?? "",
  time: (at) => written({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at),
  date: (at) => written({ dateStyle: "short" }, at),
  dayAndTime: (at) => written({ month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at),
  dateAndTime: (at) => written({ dateStyle: "long", timeStyle: "short" }, at),

  go(change) {
    const elsewhere = "view" in change && change.view !== state.view;
    state = { ...state, ...change };
    render();
    if (elsewhere) stage.focus({ preventScroll: true });
  },
  home() {
    kiosk.go({
      view: "home", several: false, chosen: [], offers: NONE, reason: null, at: 0, tickets: null, slip: null, paperTrouble: null, returned: false, helper: null,
    });
  },
  pick(code) {
    if (!state.several) return kiosk.go({ view: "confirm", chosen: [code], offers: NONE, origin: "home", key: newKey() });
    const chosen = state.chosen.includes(code) ? state.chosen.filter((one) => one !== code) : [...state.chosen, code];
    return kiosk.go({ chosen, offers: { ...state.offers, [code]: undefined } });
  },
  /** An item or a bundle leads to its line; several of one line share a ticket (Q13). */
  choose(offer) {
    const here = [...(state.several ? state.offers[offer.line] ?? [] : []).filter((one) => one.code !== offer.code), offer];
    const from = state.view;
    if (!state.several) {
      return kiosk.go({ view: "confirm", chosen: [offer.line], offers: { [offer.line]: here }, origin: from, ...FIRST_PAPER, key: newKey() });
    }
    const known = state.chosen.includes(offer.line);
    if (!known && state.chosen.length >= page.matters) return kiosk.go({ view: "home", at: 0 });
    return kiosk.go({
      view: "home", at: 0, chosen: known ? state.chosen : [...state.chosen, offer.line], offers: { ...state.offers, [offer.line]: here },
    });
  },
  next() {
    kiosk.go({ view: "confirm", ...FIRST_PAPER, key: newKey() });
  },
  /** One key a draw: whatever happens on the way, a repeat brings the same tickets (Q2). */
  async draw() {
    if (state.busy) return;
    kiosk.go({ view: "confirm", busy: true });
    const answer = await draw(state);
    touched = Date.now();
    kiosk.go({ busy: false, ...answer });
  },
};

async function draw({ chosen, offers, key, lang, reason }) {
  const lane = reason ? { lane: "priority", reason } : {};
  const matters = chosen.map((line) => (offers[line] ? { [offers[line][0].type]: offers[line][0].code } : { line }));
  try {
    const one = matters.length === 1;
    const drawn = one
      ? await post("/api/v1/tickets", { ...matters[0], lang, ...lane }, { key, lang })
      : await post("/api/v1/visits", { matters, lang, ...lane }, { key, lang });
    return { view: "ticket", tickets: one ? [drawn] : drawn.tickets, slip: drawn.slip, asked: Date.now() };
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    const lost = problem.status === 0 || problem.status >= 500;
    const kind = lost ? "away" : problem.status === 401 || problem.status === 403 ? "unregistered" : "refused";
    return { view: "trouble", trouble: { kind, text: Object.values(problem.errors).flat()[0] ?? problem.detail } };
  }
}

function written(options, at) {
  const language = state.lang === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(language, { timeZone: page.site.zone, ...options }).format(at ? new Date(at) : now());
}

function render() {
  const { say } = kiosk;
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.documentElement.toggleAttribute("data-elder", state.elder);
  document.body.dataset.view = state.view;
  document.body.classList.toggle("lowered", state.lowered);
  const view = VIEWS[state.view](kiosk);
  parts.site.textContent = kiosk.nameOf(page.site);
  parts.question.textContent = view.question;
  parts.question.dataset.length = String(Math.min(3, Math.floor(view.question.replace(/[^ -~]/g, "XX").length / 40)));
  parts.how.textContent = view.how;
  const first = state.reason && state.view !== "ticket";
  parts.priority.hidden = !first;
  patch(parts.priority, first ? [kiosk.sign(state.reason), h("span", {}, say("priority_on", { reason: say(state.reason) }))] : []);
  patch(stage, view.content.filter(Boolean));
  if (fitPapers(kiosk, stage)) return;
  patch(parts.news, news());
  patch(parts.foot, [
    h("p", {}, say("desk")),
    h("p", {}, say("free"), " ", page.phone && h("span", { class: "nowrap" }, say("phone", { phone: page.phone }))),
    h("p", {}, say("as_of", { time: kiosk.time(asOf) })),
  ]);
  parts.away.hidden = !away;
  parts.away.textContent = say("away");
  tick();
  speak(kiosk);
}

/** What the hall says to everybody: the newest notice, and who is being called. */
function news() {
  const { say } = kiosk;
  const notice = board.notices[0];
  const calls = board.calls.slice(0, BOARD_CALLS);
  const guide = state.view === "home" && !(notice && calls.length > 0); // with both there is no room for it
  return [
    notice && h("p", { class: "note" }, kiosk.sign("notice"), h("span", {}, (state.lang === "en" && notice.text_en) || notice.text)),
    calls.length > 0 && h(
      "section", { class: "kiosk-calls" },
      h("h2", {}, say("calling")),
      h("ul", { role: "list" }, calls.map((call) => h(
        "li", {}, h("strong", {}, call.number), " ",
        say("to_window", { window: page.windows[state.lang][call.window] ?? call.window_name }),
      ))),
    ),
    guide && h("ol", { class: "kiosk-steps" }, [["list", "step_choose"], ["ticket", "step_draw"], ["call", "step_wait"]].map(
      ([sign, step]) => h("li", {}, kiosk.sign(sign), h("span", {}, say(step))),
    )),
  ].filter(Boolean);
}

function tick() {
  parts.date.textContent = written({ year: "numeric", month: "long", day: "numeric", weekday: "long" });
  parts.time.textContent = kiosk.time();
  const printing = state.view === "ticket" ? paper(state).stage : "";
  if (printing !== shownStage) {
    shownStage = printing;
    touched = Date.now(); // something to read: the time to do so begins now
    return render();
  }
  if (resting || printing === "printing") touched = Date.now();
  const pristine = Object.keys(FIRST).every((name) => state[name] === FIRST[name] || name === "chosen") && !state.chosen.length;
  if (state.view === "help") patch(stage, helpView(kiosk).content.filter(Boolean)); // how long goes on by itself
  const left = (helpStay(kiosk) || stay(kiosk)) - Math.floor((Date.now() - touched) / 1000);
  parts.countdown.hidden = pristine || state.busy;
  parts.countdown.textContent = kiosk.say("home_in", { n: Math.max(left, 0) });
  if (left > 0 || pristine || state.busy) return null;
  state = FIRST;
  return render();
}

["pointerdown", "keydown", "pointerup", "pointercancel"].forEach((sign) => document.addEventListener(sign, () => {
  touched = Date.now();
  resting = sign === "pointerdown";
}, true));
document.addEventListener("contextmenu", (event) => event.preventDefault());
// The second touch of a hasty double tap belongs to the page that the first one left.
// Not so letters: some come twice.
stage.addEventListener("click", (event) => event.detail > 1 && !event.target.closest(".letter") && event.stopPropagation(), true);
setInterval(tick, 500);
render();

watch(`site:${page.site.code}:lines`, (told) => {
  lines = told.lines;
  asOf = told.as_of;
  if (["home", "confirm", "offers", "search"].includes(state.view)) render();
});
watch(`site:${page.site.code}:board`, (told) => {
  board = told;
  patch(parts.news, news());
});
hearScanner(kiosk);
followHelp(kiosk, () => ["home", "help"].includes(state.view) && render());
followPrinter(kiosk, () => state.view === "ticket" && render());
onStatus((told) => {
  away = told.state === "offline";
  // The server is back while somebody still waits for an answer: ask again under the same key.
  if (told.state === "online" && state.view === "trouble" && state.trouble.kind === "away") kiosk.draw();
  parts.away.hidden = !away;
  document.body.dataset.server = told.state;
});
