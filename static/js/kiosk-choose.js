/* Choosing: the lines as tiles, who goes first, and what was chosen. Each view is {question, how, content}. */

import { h } from "./kiosk-dom.js";
import { helpKey } from "./kiosk-help.js";
import { papersList, promise } from "./kiosk-papers.js";
import { bookedKey } from "./kiosk-return.js";
import { browseKeys, lineMattersKey } from "./kiosk-search.js";

const REASONS = ["elder", "disabled", "pregnant", "ill", "military", "martyr_family", "firefighter"];
const TILES = { plain: 12, elder: 6, elderEnglish: 4 }; // English keys need two lines of large text
const LINE_SIGNS = { upright: 13, wide: 16 }; // letters beside each other in the name of a small tile; Chinese signs count twice
const ROOM_FOR_ALL = 1; // a page less a turning key where all fit

/** A key: `sign` from the sprite, a word, what it does. */
export function key(kiosk, name, sign, text, on, { kind = "", ...more } = {}) {
  return h("button", { type: "button", class: `kiosk-key ${kind}`, "data-key": name, on, ...more },
    sign && kiosk.sign(sign), h("span", {}, text));
}

/** Keys for signs, and one that takes the last away; `type(typed)` gets what stands then. */
export function pad(kiosk, signs, title, type, kind = "") {
  const { typed } = kiosk.state;
  return h("div", { class: `kiosk-letters ${kind}`.trim(), role: "group", "aria-label": title },
    Array.from(signs, (sign) => h("button", { type: "button", class: "kiosk-key letter", "data-key": sign, on: () => type(typed + sign) }, sign)),
    h("button", {
      type: "button", class: "kiosk-key letter", "data-key": "delete", "aria-label": kiosk.say("delete"), disabled: !typed,
      on: () => type(typed.slice(0, -1)),
    }, kiosk.sign("backspace")));
}

const countOf = (kiosk, n) => kiosk.say({ 0: "people_none", 1: "people_one" }[n] ?? "people", { n });

/** "15–25", or one figure where both ends agree. */
export function range(wait) {
  const high = Math.max(5, Math.ceil(wait.p90_min / 5) * 5);
  const low = Math.min(high, Math.max(5, Math.floor(wait.p50_min / 5) * 5));
  return low >= high ? String(high) : `${low}–${high}`;
}

/** The time until which a line takes tickets, if that is soon or the wait may reach beyond it (Q10); else null. */
const closingSoon = (kiosk, line) => (line.warn && line.closes_at ? kiosk.time(line.closes_at) : null);

/** When a closed line takes tickets again: the time, with its day where that is not today; null if not known. */
function opensAt(kiosk, line) {
  if (!line.opens_at) return null;
  const today = kiosk.date(line.opens_at) === kiosk.date();
  return today ? kiosk.time(line.opens_at) : kiosk.dayAndTime(line.opens_at);
}

function under(kiosk, line) {
  const { say } = kiosk;
  if (!line.open) {
    const opens = opensAt(kiosk, line);
    return opens ? say("opens", { time: opens }) : say(line.stopped_reason ? "stopped" : "closed");
  }
  const soon = closingSoon(kiosk, line);
  if (soon) return say("closing", { time: soon });
  return line.waiting ? say("waiting", { n: line.waiting }) : say("nobody");
}

/** Lines of a tile that a name fills: what is left goes to the examples below it. */
function linesOf(name) {
  const most = LINE_SIGNS[matchMedia("(orientation: landscape)").matches ? "wide" : "upright"];
  let [lines, used] = [1, 0];
  (name.replace(/[^ -~]/g, " XX").match(/ ?[^ ]+/g) ?? []).forEach((part) => {
    const wide = part.trim() === "XX" ? 2 : part.length; // a Chinese sign, or a word with its space
    [lines, used] = used && used + wide > most ? [lines + 1, wide] : [lines, used + wide];
  });
  return Math.min(3, lines);
}

/** The words of a list in one line or two, none of them broken that has room in a line. */
const unbroken = (words) => words.split(/(?<=[、,])/).map((word) => h("span", { class: word.length > LINE_SIGNS.wide + 2 ? null : "nowrap" }, word));

/** Few lines make large tiles. */
const columns = (n) => [2, 6, 9].filter((most) => n > most).length + 1;

function tile(kiosk, line) {
  const { state } = kiosk;
  const examples = kiosk.examples(line.code);
  const usual = line.open && !closingSoon(kiosk, line);
  const chosen = state.chosen.includes(line.code);
  const full = state.several && !chosen && state.chosen.length >= kiosk.page.matters;
  return h(
    "button",
    {
      type: "button",
      class: `kiosk-tile${line.open ? "" : " stopped"}`,
      "data-line": line.code,
      "data-lines": linesOf(kiosk.nameOf(line)),
      "aria-pressed": state.several ? String(chosen) : null,
      disabled: full || (state.several && !line.open),
      on: () => kiosk.pick(line.code),
    },
    h("span", { class: "kiosk-sign", "aria-hidden": "true" }, chosen ? kiosk.sign("check") : line.prefix),
    h("span", { class: "kiosk-words" },
      h("span", { class: "kiosk-name" }, kiosk.nameOf(line)), " ",
      examples && h("span", { class: "kiosk-examples" }, unbroken(examples)), " ",
      h("span", { class: `kiosk-under${usual && examples ? " usual" : ""}` }, under(kiosk, line))),
  );
}

/** All lines as tiles; one touch leads to the confirmation, or collects several (Q13). */
export function homeView(kiosk) {
  const { say, state, lines } = kiosk;
  const size = TILES[state.elder ? (state.lang === "en" ? "elderEnglish" : "elder") : "plain"];
  const pages = Math.max(ROOM_FOR_ALL, Math.ceil(lines.length / size));
  const at = Math.min(state.at, pages - 1);
  const tiles = lines.slice(at * size, (at + 1) * size).map((line) => tile(kiosk, line));
  const turn = pages > 1 && key(
    kiosk, "more", "forward", `${say("more")} · ${say("page_of", { n: at + 1, all: pages })}`,
    () => kiosk.go({ at: (at + 1) % pages }), { kind: "turn" },
  );
  const booked = kiosk.page.bookable && bookedKey(kiosk);
  return {
    question: say("question"),
    how: state.several ? say("how_several", { n: kiosk.page.matters }) : say("how"),
    content: [
      tiles.length ? h("div", { class: `kiosk-tiles${turn ? " paged" : ""}`, "data-columns": columns(tiles.length) }, tiles) : h("p", { class: "note care" }, say("no_lines")),
      turn && (state.several ? turn : h("div", { class: "kiosk-keys" }, turn, helpKey(kiosk, true), booked)), // beside each other: large text has no row to spare
      browseKeys(kiosk),
      state.several ? collecting(kiosk) : wishes(kiosk),
      !state.several && !turn && (booked ? h("div", { class: "kiosk-keys" }, helpKey(kiosk, state.elder || state.lang === "en"), booked) : helpKey(kiosk)),
    ],
  };
}

/** Priority on or off: one key, in the same place on each page. */
const lane = (kiosk, from, more = {}) => (kiosk.state.reason
  ? key(kiosk, "no-priority", "close", kiosk.say("priority_off"), () => kiosk.go({ reason: null }), more)
  : key(kiosk, "priority", "priority", kiosk.say("priority"), () => kiosk.go({ view: "reasons", from }), more));

function wishes(kiosk) {
  const { say, state } = kiosk;
  const [other, tongue] = state.lang === "zh" ? ["en", "English"] : ["zh", "中文"];
  return h(
    "div", { class: "kiosk-keys" },
    lane(kiosk, "home"),
    key(kiosk, "several", "list", say("several"), () => kiosk.go({ several: true, chosen: [], offers: {} })),
    key(kiosk, "elder", "elder", say(state.elder ? "elder_off" : "elder_on"), () => kiosk.go({ elder: !state.elder, at: 0 }),
      { "aria-pressed": String(state.elder) }),
    key(kiosk, "voice", state.voice ? "mute" : "sound", say(state.voice ? "voice_off" : "voice_on"), () => kiosk.go({ voice: !state.voice }),
      { "aria-pressed": String(state.voice) }),
    key(kiosk, "lower", state.lowered ? "up" : "down", say(state.lowered ? "raise" : "lower"),
      () => kiosk.go({ lowered: !state.lowered }), { kind: "portrait-only" }),
    key(kiosk, "language", "language", tongue, () => kiosk.go({ lang: other }), { lang: other === "zh" ? "zh-CN" : "en" }),
  );
}

function collecting(kiosk) {
  const { say, state } = kiosk;
  const n = state.chosen.length;
  return h("div", { class: "kiosk-keys" },
    key(kiosk, "cancel", "close", say("cancel"), () => kiosk.home()),
    key(kiosk, "next", "ticket", say(n > 1 ? "draw_several" : "draw", { n }), () => kiosk.next(), {
      kind: "primary", disabled: n === 0,
    }));
}

/** Why somebody goes first: by law, on their word (Q4). */
export function reasonsView(kiosk) {
  const { say, state } = kiosk;
  return {
    question: say("priority_title"),
    how: say("priority_how"),
    content: [
      h("div", { class: "kiosk-tiles reasons" }, REASONS.map((reason) => h(
        "button", { type: "button", class: "kiosk-tile", "data-reason": reason, on: () => kiosk.go({ view: state.from, reason }) },
        h("span", { class: "kiosk-sign", "aria-hidden": "true" }, kiosk.sign(reason)),
        h("span", { class: "kiosk-words" }, h("span", { class: "kiosk-name" }, say(reason))),
      ))),
      h("div", { class: "kiosk-keys" }, key(kiosk, "back", "back", say("back"), () => kiosk.go({ view: state.from }))),
    ],
  };
}

/** What was chosen, how full it is, and the one touch that draws. A stopped line says why instead (Q10). */
export function confirmView(kiosk) {
  const { say, state } = kiosk;
  const chosen = state.chosen.map(kiosk.line);
  const stopped = chosen.find((line) => !line.open);
  if (stopped) return stoppedView(kiosk, stopped);
  const n = chosen.length;
  const offers = chosen.flatMap((line) => state.offers[line.code] ?? []);
  const draw = key(kiosk, "draw", "ticket", state.busy ? say("drawing") : say(n > 1 ? "draw_several" : "draw", { n }), () => kiosk.draw(), {
    kind: `primary ${offers.length ? "tall" : "huge"}`, "aria-busy": String(state.busy), disabled: state.busy,
  });
  return {
    question: n === 1 ? (offers.length ? offers : chosen).map(kiosk.nameOf).join(state.lang === "en" ? ", " : "、") : say("draw_several", { n }),
    how: [offers.length === 1 && promise(kiosk, offers[0]), say("confirm")].filter(Boolean).join("\n"),
    content: [
      ...(offers.length ? matters(kiosk, chosen, offers) : []),
      n > 1 && h("ul", { class: "kiosk-list", role: "list" }, chosen.map((line) => row(kiosk, line))),
      n === 1 && !offers.length && facts(kiosk, chosen[0]),
      n === 1 && !offers.length && !state.several && lineMattersKey(kiosk, chosen[0]),
      draw,
      h("div", { class: "kiosk-keys" }, key(kiosk, "back", "back", say("back"), () => back(kiosk), { disabled: state.busy }),
        lane(kiosk, "confirm", { disabled: state.busy })),
    ],
  };
}

/** Back to the list that the matter was found in; to the first page where it was a line. */
function back(kiosk) {
  const { state } = kiosk;
  if (["offers", "search"].includes(state.origin) && !state.several) kiosk.go({ view: state.origin, chosen: [], offers: {} });
  else kiosk.home();
}

/** Papers first, then in one line how full it is: who lacks a paper does not wait for nothing. */
function matters(kiosk, chosen, offers) {
  const [line] = chosen;
  const { say } = kiosk;
  const soon = closingSoon(kiosk, line);
  const brief = [
    `${say("ahead_now")} ${countOf(kiosk, line.waiting)}`,
    line.wait && say("minutes", { range: range(line.wait) }),
    kiosk.place(line.code),
  ];
  return [
    ...papersList(kiosk, offers),
    chosen.length === 1 && h("p", { class: "kiosk-brief" }, kiosk.sign("place"), h("span", {}, brief.filter(Boolean).join(" · "))),
    chosen.length === 1 && soon && h("p", { class: "note care" }, kiosk.sign("clock"), h("span", {}, say("late", { time: soon }))),
  ];
}

function stoppedView(kiosk, line) {
  const { say } = kiosk;
  const opens = opensAt(kiosk, line);
  const closed = opens ? say("opens_why", { time: opens }) : say("closed_why");
  const why = line.stopped_reason ? say("stopped_why", { reason: line.stopped_reason }) : closed;
  return {
    question: say("stopped_title", { line: kiosk.nameOf(line) }),
    how: "",
    content: [
      h("div", { class: "note care kiosk-trouble", role: "alert" }, kiosk.sign("warning"), h("p", {}, h("strong", {}, why), say(line.stopped_reason ? "stopped_desk" : "closed_desk"))),
      h("div", { class: "kiosk-keys" }, key(kiosk, "back", "back", say("back"), () => kiosk.home(), { kind: "primary" })),
    ],
  };
}

function facts(kiosk, line) {
  const { say } = kiosk;
  const fact = (sign, name, value) => h("div", {}, kiosk.sign(sign), h("dt", {}, name), h("dd", {}, value));
  const soon = closingSoon(kiosk, line);
  return h("div", { class: "kiosk-about" },
    h("dl", { class: "kiosk-facts" },
      fact("people", say("ahead_now"), countOf(kiosk, line.waiting)),
      line.wait && fact("clock", say("wait_now"), say("minutes", { range: range(line.wait) })),
      kiosk.place(line.code) && fact("place", say("where"), kiosk.place(line.code))),
    line.windows_open === 0 && h("p", { class: "note" }, kiosk.sign("info"), h("span", {}, say("no_window"))),
    soon && h("p", { class: "note care" }, kiosk.sign("clock"), h("span", {}, say("late", { time: soon }))));
}

function row(kiosk, line) {
  return h("li", {},
    h("span", { class: "kiosk-sign", "aria-hidden": "true" }, line.prefix),
    h("strong", {}, (kiosk.state.offers[line.code] ?? [line]).map(kiosk.nameOf).join(" · ")),
    h("span", { class: "kiosk-under" }, under(kiosk, line)));
}
