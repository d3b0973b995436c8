/* The reception desk: what is chosen, what is shown, and what is sent to the server. */

import { get, newKey, post } from "./api.js";
import { byId, h, hhmm, note, start, title, word } from "./desk-dom.js";
import { choosing, drawn, earlier, results, tiles } from "./desk-draw.js";
import { explained, found, returning } from "./desk-find.js";
import { byBrowser, print, printer } from "./desk-print.js";
import { patch } from "./kiosk-dom.js";
import { onStatus, watch } from "./live.js";
import { isCode, signsOf } from "./return-code.js";
import { showStatus } from "./status.js";
import { toast } from "./toast.js";

const TYPING = 180; // ms after the last letter
const panel = byId("panel");
const fresh = () => ({ heads: 1, lang: "zh" });
const views = { idle, choosing, drawn, found, explained, returning };
const seen = { query: 0, find: 0 };

const desk = {
  lines: start.lines.lines,
  counts: start.questions,
  picks: [],
  hits: [],
  options: fresh(),
  several: false,
  more: false,
  busy: false,
  problem: "",
  personWrong: false,
  intent: null,
  view: { kind: "idle" },

  pick(matter) {
    if (desk.view.kind !== "choosing") desk.forget();
    const had = desk.picks.findIndex((pick) => pick.at === matter.at);
    desk.problem = "";
    if (!desk.several) desk.picks = [matter];
    else if (had !== -1 && (desk.picks[had].code === matter.code || matter.line)) desk.picks.splice(had, 1);
    else if (had !== -1) desk.problem = word("same_line", { name: desk.picks[had].name });
    else if (desk.picks.length >= start.matters) desk.problem = word("too_many", { n: start.matters });
    else desk.picks.push(matter);
    desk.intent = null;
    go({ kind: "choosing" }, desk.several ? "" : "draw");
  },

  pickLine(code) {
    const line = desk.lines.find((each) => each.code === code);
    if (line) desk.pick({ at: line.code, line: line.code, name: line.name, name_en: line.name_en });
  },

  setHeads(count) {
    desk.options.heads = Math.min(50, Math.max(1, count));
    show();
  },

  setLang(code) {
    desk.options.lang = code;
    show();
  },

  async draw(way) {
    if (desk.busy) return;
    const person = personOf(byId("person") ? byId("person").value : "");
    desk.personWrong = person === null;
    if (desk.personWrong) {
      desk.more = true;
      show();
      byId("person").focus();
      return;
    }
    const matters = desk.picks.map(({ line, item, bundle }) => (item ? { item } : bundle ? { bundle } : { line }));
    const body = { ...desk.options, ...way, ...(person ? { person } : {}), ...(matters.length > 1 ? { matters } : matters[0]) };
    const said = JSON.stringify(body);
    // The same wish after a lost answer has the same key: it never draws a second number.
    if (!desk.intent || desk.intent.said !== said) desk.intent = { said, key: newKey() };
    await doing(async () => {
      const path = matters.length > 1 ? "/api/v1/visits" : "/api/v1/tickets";
      const answer = await post(path, body, { key: desk.intent.key });
      const tickets = (answer.tickets || [answer]).map((ticket) => ({ heads: desk.options.heads, ...ticket }));
      desk.forget();
      go({ kind: "drawn", tickets }, "print");
    });
  },

  print: () => print(desk.view.tickets[0].token),

  /** Nothing of the last person stays. */
  forget() {
    Object.assign(desk, { picks: [], options: fresh(), several: false, more: false, problem: "", personWrong: false, intent: null });
    if (byId("person")) byId("person").value = "";
    byId("query").value = "";
    desk.hits = [];
    showResults("");
  },

  clear() {
    desk.forget();
    byId("number").value = "";
    go({ kind: "idle" }, "panel");
  },

  async find(number, day) {
    const mine = (seen.find += 1);
    await doing(async () => {
      const ticket = await read(number, day);
      if (mine === seen.find) go({ kind: "found", ticket }, "panel");
    }, { kind: "idle" });
  },

  /** Back with papers: one key a code, so that a repeat after a lost answer brings the same number. */
  async comeBack() {
    const { code, key } = desk.view;
    await doing(async () => {
      const ticket = await post("/api/v1/returns", { code }, { key });
      go({ kind: "drawn", tickets: [ticket], said: word("slip_code", { again: ticket.number }) }, "print");
    });
    if (desk.problem) byId("number").select(); // to be typed anew
  },

  act(verb) {
    if (verb === "rejoin") return desk.doIt(verb);
    const asking = desk.view.asking === verb ? "" : verb;
    go({ ...desk.view, asking, said: "" }, asking === "priority" ? "" : "yes");
    return undefined;
  },

  returnBody: () => (desk.view.ticket.business_date === start.date ? {} : { date: desk.view.ticket.business_date }),

  async doIt(verb, body) {
    const { number } = desk.view.ticket;
    await doing(async () => {
      const wish = verb === "reprint" && printer() ? { printer: printer() } : body;
      const answer = await post(`/api/v1/desk/tickets/${encodeURIComponent(number)}/${verb}`, wish);
      if (verb === "return") {
        const said = word("slip_return", { number, again: answer.ticket.number });
        go({ kind: "drawn", tickets: [withAddress(answer)], said }, "print");
      } else if (verb === "reprint") {
        go({ kind: "drawn", tickets: [withAddress(answer)], again: true }, "next-person");
        if (!printer()) byBrowser(answer.token);
      } else if (verb === "address") {
        go({ kind: "found", ticket: await read(number), address: answer }, "panel");
      } else {
        go({ kind: "found", ticket: await read(number), said: word(`done_${verb}`, { number }) }, "panel");
      }
    });
  },

  async explain(other) {
    const asked = desk.view.ticket.number;
    await doing(async () => {
      const answer = await post("/api/v1/desk/compare", { asked, other: other.trim() });
      answer.tickets = await Promise.all(answer.tickets.map((ticket) => read(ticket.number)));
      go({ kind: "explained", answer, asked }, "panel");
    });
  },
};

/* Somebody may type a name or an ID number here: only what can be a ticket's number stands in an address. */
const NUMBER = /^[a-z]{0,3}[ -]?\d{1,6}$/i;
const asNumber = (text) => (NUMBER.test(text.trim()) ? text.trim() : "-");
const read = (number, day) => get(`/api/v1/desk/tickets/${encodeURIComponent(asNumber(number))}${day ? `?date=${day}` : ""}`);
const withAddress = (answer) => ({ ...answer.ticket, token: answer.token, follow_url: answer.follow_url });

/** {phone} or {id_number}, undefined for nothing, null for neither of them. Goes into the request's body only. */
function personOf(typed) {
  const plain = typed.replace(/[\s-]/g, "");
  if (!plain) return undefined;
  if (/^(\+\d{6,15}|1\d{10}|0\d{9,11})$/.test(plain)) return { phone: plain };
  return /^[0-9A-Za-z()/]{5,30}$/.test(plain) ? { id_number: plain } : null;
}

function idle() {
  return [title(word("idle_title")), note(desk.problem, "bad"), h("p", { class: "quiet" }, word("idle_text")), earlier()].filter(Boolean);
}

function go(view, focus) {
  desk.view = view;
  desk.problem = view.kind === "choosing" ? desk.problem : "";
  panel.dataset.view = view.kind;
  show();
  const target = focus && byId(focus);
  if (target) target.focus({ preventScroll: focus === "panel" });
}

function show() {
  patch(byId("lines"), tiles(desk));
  patch(panel, views[desk.view.kind](desk));
  byId("several").setAttribute("aria-pressed", String(desk.several));
}

async function doing(work, otherwise) {
  if (desk.busy) return;
  desk.busy = true;
  panel.setAttribute("aria-busy", "true");
  try {
    desk.problem = "";
    await work();
  } catch (problem) {
    if (otherwise) desk.view = otherwise;
    desk.problem = Object.values(problem.errors || {}).flat()[0] || problem.detail || word("server");
    panel.dataset.view = desk.view.kind;
  }
  desk.busy = false;
  panel.removeAttribute("aria-busy");
  show();
}

/* ---------- Search ---------- */

async function search(query) {
  const mine = (seen.query += 1);
  if (!query) return showResults("");
  try {
    const answer = await get(`/api/v1/sites/${encodeURIComponent(start.site.code)}/catalogue?q=${encodeURIComponent(query)}`);
    if (mine !== seen.query) return undefined;
    desk.hits = hitsOf(answer);
    return showResults(desk.hits.length ? word("search_found", { n: desk.hits.length }) : word("search_none"));
  } catch (problem) {
    if (mine !== seen.query) return undefined;
    desk.hits = [];
    return showResults(problem.detail || word("server"));
  }
}

function hitsOf(answer) {
  return answer.map((offer) => ({
    code: offer.code, name: offer.name, name_en: offer.name_en, at: offer.line, [offer.type]: offer.code, papers: offer.materials,
  }));
}

function showResults(said) {
  byId("search-said").textContent = said;
  byId("search-said").className = desk.hits.length || !said ? "unseen" : "quiet";
  patch(byId("results"), results(desk));
  byId("results").hidden = !desk.hits.length;
}

/* ---------- Questions ---------- */

function showTopics() {
  patch(byId("topics"), start.topics.map(([code, name]) => h("button", {
    type: "button", class: "button desk-topic", "data-key": code, on: () => count(code, name),
  }, h("span", {}, name), h("span", { class: "tag number" }, String(desk.counts[code] || 0)))));
  const total = Object.values(desk.counts).reduce((sum, each) => sum + each, 0);
  byId("questions-total").textContent = word("today_n", { n: total });
}

async function counted(send, said, action) {
  try {
    desk.counts = (await send()).counts;
    showTopics();
    toast(said, "good", action);
  } catch (problem) {
    toast(problem.detail || word("server"), "bad");
  }
}

const takeBack = () => counted(() => post("/api/v1/desk/questions/take-back"), word("taken_back"));
const count = (code, name) => counted(
  () => post("/api/v1/desk/questions", { topic: code }), word("counted", { topic: name }), { text: word("undo"), run: takeBack },
);

/* ---------- Hands and keys ---------- */

let typing = 0;
byId("query").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => search(event.target.value.trim()), TYPING);
});
byId("several").addEventListener("click", () => {
  const several = !desk.several;
  if (desk.view.kind !== "choosing") desk.forget();
  desk.several = several;
  desk.picks = several ? desk.picks : desk.picks.slice(0, 1);
  go({ kind: desk.several || desk.picks.length ? "choosing" : "idle" });
});
byId("find").addEventListener("submit", (event) => {
  event.preventDefault();
  desk.forget();
  const code = signsOf(byId("number").value);
  if (isCode(code)) go({ kind: "returning", code, key: newKey() }, "yes");
  else desk.find(byId("number").value);
});
panel.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "why") desk.explain(byId("other").value);
  if (event.target.id === "earlier") desk.find(byId("notice-number").value, byId("notice-day").value);
});
panel.addEventListener("toggle", (event) => {
  if (event.target.dataset.key === "more") desk.more = event.target.open;
}, true);
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") return desk.clear();
  if (event.key !== "/" || ["INPUT", "SELECT", "TEXTAREA"].indexOf(event.target.tagName) !== -1) return;
  event.preventDefault();
  byId("number").select();
});

showTopics();
go({ kind: "idle" });
showStatus(byId("live-status"));
onStatus((status) => {
  const away = status.state === "offline" || status.state === "stale";
  byId("stale").hidden = !away;
  if (away) byId("stale").textContent = word("stale", { time: hhmm(status.heard || status.since) });
});
watch(`site:${start.site.code}:lines`, (state) => {
  desk.lines = state.lines;
  show();
});
