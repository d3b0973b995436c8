/* The kiosk while its server is away: lines, one touch to the number, everything from the agent on this machine (Q9).
   The same look as always; what needs the server is not there. */

import { h, icon, patch } from "./kiosk-dom.js";
import { stateOfAgent } from "./kiosk-watch.js";

const REASONS = ["elder", "disabled", "pregnant", "ill", "military", "martyr_family", "firefighter"];
const TILES = { plain: 12, elder: 6, elderEnglish: 4 };
const FIRST = { view: "home", lang: "zh", elder: false, lowered: false, chosen: null, reason: null, at: 0, busy: false, drawn: null, paper: null };
const STAY_S = 90; // without paper the number must be read, learnt or photographed
const LOOK = 1000;
const WAYS = { spent: "spent", line_closed: "closed" };

const page = JSON.parse(document.getElementById("words").textContent);
const stage = document.getElementById("main");
const parts = {};
document.querySelectorAll("[data-part]").forEach((element) => { parts[element.dataset.part] = element; });

let state = FIRST;
let stands = new Map(); // how each line stands, by its code
let apart = 0; // ms from this browser's clock to the agent's
let touched = Date.now();

const say = (key, values = {}) => page.words[state.lang][key].replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
const sign = (name) => icon(page.sprite, name);
const nameOf = (thing) => (state.lang === "en" && thing.name_en) || thing.name;
const lineOf = (code) => page.lines.find((line) => line.code === code);
const key = (name, picture, text, on, { kind = "", ...more } = {}) => h(
  "button", { type: "button", class: `kiosk-key ${kind}`, "data-key": name, on, ...more }, picture && sign(picture), h("span", {}, text),
);

function written(options, at = Date.now() + apart) {
  return new Intl.DateTimeFormat(state.lang === "zh" ? "zh-CN" : "en-GB", { timeZone: page.site.zone, ...options }).format(new Date(at));
}
const time = (at) => written({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at);

/** A key for one draw; `crypto.randomUUID` is there on the loopback address, but not in old browsers. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function go(change) {
  const elsewhere = "view" in change && change.view !== state.view;
  state = { ...state, ...change };
  render();
  if (elsewhere) stage.focus({ preventScroll: true });
}
const home = () => go({ view: "home", chosen: null, reason: null, at: 0, drawn: null, paper: null, trouble: null });

async function ask(path, body) {
  const how = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, { cache: "no-store", ...how });
  return { ok: answer.ok, said: await answer.json() };
}

async function draw() {
  if (state.busy) return;
  go({ busy: true });
  const { key: wish, chosen, reason, lang } = state;
  let answer;
  try {
    answer = await ask("/agent/draw", { key: wish, line: chosen, reason, lang });
  } catch (lost) {
    answer = { ok: false, said: { code: "lost" } };
  }
  touched = Date.now();
  if (answer.ok) go({ busy: false, view: "ticket", drawn: answer.said, paper: { stage: "printing", problem: "" } });
  else go({ busy: false, view: "trouble", trouble: answer.said.code });
}

function under(line) {
  const now = stands.get(line.code);
  if (!now || (now.open && now.left > 0)) return "";
  if (now.open) return say("spent");
  return now.opens_at ? say("opens", { time: time(now.opens_at) }) : say("closed");
}

function tile(line) {
  const shut = under(line);
  const examples = line.examples[state.lang];
  return h("button", {
    type: "button", class: `kiosk-tile${shut ? " stopped" : ""}`, "data-line": line.code, "data-lines": 1,
    on: () => go({ view: "confirm", chosen: line.code, key: newKey() }),
  },
  h("span", { class: "kiosk-sign", "aria-hidden": "true" }, line.prefix),
  h("span", { class: "kiosk-words" }, h("span", { class: "kiosk-name" }, nameOf(line)), " ",
    examples && h("span", { class: "kiosk-examples" }, examples), " ", shut && h("span", { class: "kiosk-under" }, shut)));
}

const columns = (n) => [2, 6, 9].filter((most) => n > most).length + 1;
const lane = (from) => (state.reason
  ? key("no-priority", "close", say("priority_off"), () => go({ reason: null }), { disabled: state.busy })
  : key("priority", "priority", say("priority"), () => go({ view: "reasons", from }), { disabled: state.busy }));

function homeView() {
  const size = TILES[state.elder ? (state.lang === "en" ? "elderEnglish" : "elder") : "plain"];
  const pages = Math.max(1, Math.ceil(page.lines.length / size));
  const at = Math.min(state.at, pages - 1);
  const tiles = page.lines.slice(at * size, (at + 1) * size).map(tile);
  const [other, tongue] = state.lang === "zh" ? ["en", "English"] : ["zh", "中文"];
  return {
    question: say("question"),
    how: say("how"),
    content: [
      tiles.length ? h("div", { class: `kiosk-tiles${pages > 1 ? " paged" : ""}`, "data-columns": columns(tiles.length) }, tiles) : h("p", { class: "note care" }, say("no_lines")),
      pages > 1 && key("more", "forward", `${say("more")} · ${say("page_of", { n: at + 1, all: pages })}`, () => go({ at: (at + 1) % pages }), { kind: "turn" }),
      h("div", { class: "kiosk-keys" },
        lane("home"),
        key("elder", "elder", say(state.elder ? "elder_off" : "elder_on"), () => go({ elder: !state.elder, at: 0 }), { "aria-pressed": String(state.elder) }),
        key("lower", state.lowered ? "up" : "down", say(state.lowered ? "raise" : "lower"), () => go({ lowered: !state.lowered }), { kind: "portrait-only" }),
        key("language", "language", tongue, () => go({ lang: other }), { lang: other === "zh" ? "zh-CN" : "en" })),
    ],
  };
}

function reasonsView() {
  return {
    question: say("priority_title"),
    how: say("priority_how"),
    content: [
      h("div", { class: "kiosk-tiles reasons" }, REASONS.map((reason) => h(
        "button", { type: "button", class: "kiosk-tile", "data-reason": reason, on: () => go({ view: state.from, reason }) },
        h("span", { class: "kiosk-sign", "aria-hidden": "true" }, sign(reason)),
        h("span", { class: "kiosk-words" }, h("span", { class: "kiosk-name" }, say(reason))),
      ))),
      h("div", { class: "kiosk-keys" }, key("back", "back", say("back"), () => go({ view: state.from }))),
    ],
  };
}

function confirmView() {
  const line = lineOf(state.chosen);
  const now = stands.get(line.code);
  if (now && (!now.open || now.left < 1)) return refusal(now.open ? "spent" : "closed");
  const where = page.places[state.lang][line.code];
  return {
    question: nameOf(line),
    how: say("confirm"),
    content: [
      h("div", { class: "kiosk-about" },
        h("dl", { class: "kiosk-facts" }, where && h("div", {}, sign("place"), h("dt", {}, say("where")), h("dd", {}, where))),
        h("p", { class: "note" }, sign("info"), h("span", {}, say("cut_off_place"), " ", say("cut_off_called")))),
      key("draw", "ticket", say(state.busy ? "drawing" : "draw"), draw, { kind: "primary huge", "aria-busy": String(state.busy), disabled: state.busy }),
      h("div", { class: "kiosk-keys" }, key("back", "back", say("back"), home, { disabled: state.busy }), lane("confirm")),
    ],
  };
}

/** No number: why, and where there is one. */
function refusal(why) {
  const line = lineOf(state.chosen);
  const spent = why === "spent";
  const failed = !spent && why !== "closed";
  return {
    question: failed ? say("refused_title") : say(spent ? "spent_title" : "closed_title", { line: nameOf(line) }),
    how: "",
    content: [
      h("div", { class: "note care kiosk-trouble", role: "alert" }, sign("warning"),
        h("p", {}, h("strong", {}, say(failed ? "failed_text" : spent ? "spent_text" : "closed_desk")))),
      h("div", { class: "kiosk-keys" },
        key("home", "home", say("home"), home),
        failed && key("again", "refresh", say("again"), draw, { kind: "primary" })),
    ],
  };
}

const troubleView = () => refusal(WAYS[state.trouble] ?? "failed");

function paperNote() {
  const { stage: now, problem } = state.paper;
  const [kind, picture, text] = {
    printing: ["", "printer", say("printing")],
    printed: ["good", "done", say("take_slip")],
    doubtful: ["care", "printer", say("doubtful")],
    held: ["care", problem === "paper_out" ? "paper-out" : "warning", say({ paper_out: "paper_out", cover_open: "cover_open" }[problem] ?? "no_printing")],
  }[now];
  return h("p", { class: `note kiosk-paper ${kind}`, "data-paper": now, role: "status" }, sign(picture),
    h("span", {}, text, now !== "printed" && now !== "printing" && h("strong", {}, " ", say("remember_alone"))));
}

function ticketView() {
  const { drawn } = state;
  const where = page.places[state.lang][drawn.line];
  return {
    question: say("yours"),
    how: say("cut_off_called"),
    content: [
      h("div", { class: "kiosk-tickets of-1", role: "status" }, h("section", { class: "kiosk-ticket" },
        h("p", { class: "kiosk-line" }, nameOf(lineOf(drawn.line))),
        h("p", { class: "kiosk-number", "data-number": drawn.number }, drawn.number),
        h("p", { class: "kiosk-printed" }, say("printed_time", { time: time(drawn.printed_at) })),
        where && h("p", { class: "kiosk-where" }, sign("place"), where))),
      h("p", { class: "note kiosk-counts" }, sign("offline"), h("span", {}, h("strong", {}, say("cut_off_yours")), say("cut_off_place"))),
      paperNote(),
      h("div", { class: "kiosk-keys" }, key("home", "done", say("finished"), home, { kind: "primary" })),
    ],
  };
}

const VIEWS = { home: homeView, reasons: reasonsView, confirm: confirmView, trouble: troubleView, ticket: ticketView };

function render() {
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.documentElement.toggleAttribute("data-elder", state.elder);
  document.body.dataset.view = state.view;
  document.body.classList.toggle("lowered", state.lowered);
  const view = VIEWS[state.view]();
  parts.site.textContent = nameOf(page.site);
  parts.question.textContent = view.question;
  parts.how.textContent = view.how;
  const first = state.reason && state.view !== "ticket";
  parts.priority.hidden = !first;
  patch(parts.priority, first ? [sign(state.reason), h("span", {}, say("priority_on", { reason: say(state.reason) }))] : []);
  patch(stage, view.content.filter(Boolean));
  patch(parts.news, [h("div", { class: "note care", role: "alert", "data-part": "cut-off" }, sign("offline"),
    h("div", {}, h("p", {}, say("cut_off")), h("p", {}, say(state.view === "home" ? "cut_off_without" : "cut_off_place"))))]);
  patch(parts.foot, [
    h("p", {}, say("cut_off_desk")),
    h("p", {}, say("free"), " ", page.phone && h("span", { class: "nowrap" }, say("phone", { phone: page.phone }))),
  ]);
  tick();
}

const pristine = () => Object.keys(FIRST).every((name) => state[name] === FIRST[name]);

function tick() {
  parts.date.textContent = written({ year: "numeric", month: "long", day: "numeric", weekday: "long" });
  parts.time.textContent = time();
  const stay = state.view === "ticket" && state.paper.stage === "held" ? STAY_S : page.home_after_s;
  const left = stay - Math.floor((Date.now() - touched) / 1000);
  parts.countdown.hidden = pristine() || state.busy;
  parts.countdown.textContent = say("home_in", { n: Math.max(left, 0) });
  if (left > 0 || pristine() || state.busy) return;
  state = FIRST;
  render();
}

/** How the lines stand by the agent's time, what became of the slip, and whether the server is back. */
async function look() {
  const told = await stateOfAgent(state.drawn ? state.drawn.key : "");
  if (told && told.server === "here" && (state.view === "home" || (state.view === "trouble" && !state.busy))) {
    location.replace("/kiosk");
    return;
  }
  if (told && told.paper && state.view === "ticket" && (told.paper.stage !== state.paper.stage || told.paper.problem !== state.paper.problem)) {
    touched = Date.now();
    go({ paper: told.paper });
  }
  try {
    const { ok, said } = await ask("/agent/lines");
    if (ok && said.now) {
      apart = Date.parse(said.now) - Date.now();
      stands = new Map(said.lines.map((line) => [line.code, line]));
      if (["home", "confirm"].includes(state.view)) render();
    }
  } catch (lost) {
    return;
  }
}

["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, () => { touched = Date.now(); }, true));
document.addEventListener("contextmenu", (event) => event.preventDefault());
stage.addEventListener("click", (event) => event.detail > 1 && event.stopPropagation(), true); // the second touch of a hasty double tap
setInterval(tick, 500);
setInterval(look, LOOK);
render();
look();
