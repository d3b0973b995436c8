/* The ticket at the window: number, timers, what is possible and why something is not yet. */

import { textOf } from "./console-pick.js";
import { hhmm, now, secondsSince, stopwatch } from "./time.js";
import { nameOf, plural, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const MAIN = { open: "O", "take-over": "O", "call-next": "N", start: "S", finish: "F" };

const put = (id, text) => {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
};

/** Seconds until an instant, rounded up; 0 when it is past or unknown. */
export function secondsUntil(at) {
  return at ? Math.max(0, Math.ceil((Date.parse(at) - now()) / 1000)) : 0;
}

/** Which verbs the state allows; what the clock forbids is left to `hints`. */
export function possible(shown, me, seat) {
  if (shown.staff && shown.staff !== me) return [];
  if (shown.staff && shown.seat && shown.seat !== seat) return ["take-over"];
  if (shown.state === "closed") return ["open"];
  if (shown.current) {
    const called = ["start", "recall", "hold", "transfer", "finish-with", "pause"];
    return shown.current.state === "called"
      ? called.concat(shown.at_hand.counted_calls >= shown.at_hand.max_calls ? ["pass"] : [])
      : ["finish", "finish-with", "hold", "transfer", "pause"];
  }
  if (shown.state === "paused") return ["open", "close"];
  const free = ["call-next", "call", "pause", "close", "resume"];
  return secondsUntil(shown.undo_until) ? free.concat("undo-pass") : free;
}

/** The one next thing to do, "" if there is none. */
export function mainVerb(can) {
  return Object.keys(MAIN).find((verb) => can.indexOf(verb) !== -1) || "";
}

/** The big button: its words and its key. */
export function showMain(verb, disabled) {
  const button = byId("next");
  const text = verb ? word(verb) : "—";
  if (button.dataset.verb !== verb) {
    const key = document.createElement("kbd");
    key.setAttribute("aria-hidden", "true");
    key.textContent = MAIN[verb] || "";
    button.replaceChildren(textOf(text), ...(verb ? [" ", key] : []));
    button.dataset.verb = verb;
  }
  button.disabled = disabled || !verb;
}

function tags(shown) {
  const found = [];
  const more = shown.at_hand;
  if (shown.current.lane === "priority") {
    found.push(word("priority") + (more.lane_reason ? " · " + word("ground_" + more.lane_reason) : ""));
  }
  if (more.heads > 1) found.push(word("people", { n: more.heads }));
  if (shown.current.test) found.push(word("test"));
  return found.map((text) => textOf(text, "tag"));
}

/** Everything that changes with the state only. */
export function showNow(shown, lines) {
  const current = shown.current;
  const idle = shown.state === "open" ? "idle" : shown.state;
  put("now-title", word(current ? current.state : idle));
  byId("now-title").className = "badge " + (current ? { called: "now", serving: "busy" }[current.state] : "plain");
  byId("current-number").classList.toggle("none", !current);
  put("current-number", current ? current.number : "—");
  byId("current-tags").replaceChildren(...(current ? tags(shown) : []));
  const line = current && lines.get(current.line);
  const matter = current && nameOf({ name: shown.at_hand.matter, name_en: shown.at_hand.matter_en });
  put("current-line", current ? [line ? nameOf(line) : current.line, matter].filter(Boolean).join(" · ") : "");
  put("window-state", word("state_" + shown.state));
  byId("window-state").className = "badge " + { open: "done", paused: "pause", closed: "off" }[shown.state];
  const reason = shown.reason ? reasonWord(shown.reason) + " · " : "";
  put("window-since", shown.since ? reason + word("since", { time: hhmm(shown.since) }) : "");
  byId("current-papers").replaceChildren(...(current ? papers(shown.at_hand) : []));
}

function reasonWord(key) {
  const said = word("reason_" + key);
  return said === "reason_" + key ? key : said;
}

function papers(more) {
  const parts = more.notes.map((text) => textOf(word("note", { text }), "note care"));
  if (more.others.length) {
    const numbers = more.others.map((other) => other.number).join(", ");
    parts.push(textOf(word("also_waiting", { numbers }), "note"));
  }
  if (more.papers.length) {
    parts.push(textOf(word("papers"), "papers-title"));
    const list = document.createElement("ul");
    more.papers.forEach((paper) => {
      const row = document.createElement("li");
      const counts = [
        paper.originals ? word("originals", { n: paper.originals }) : "",
        paper.copies ? word("copies", { n: paper.copies }) : "",
        nameOf({ name: paper.condition, name_en: paper.condition_en }),
      ].filter(Boolean).join(" · ");
      row.append(textOf(nameOf(paper)), " ", textOf(counts, "quiet small"));
      list.appendChild(row);
    });
    parts.push(list);
  }
  return parts;
}

/** What changes with each second. */
export function showClock(shown) {
  const current = shown.current;
  const called = current && current.state === "called";
  const more = shown.at_hand;
  put("timer-called", current ? word("called_for", { time: stopwatch(secondsSince(current.called_at)) }) : "");
  put("timer-started", current && current.started_at ? word("started_for", { time: stopwatch(secondsSince(current.started_at)) }) : "");
  put("calls", called ? word("times_called", { count: more.counted_calls, all: more.max_calls }) : "");
  const wait = called ? secondsUntil(more.counts_again_at) : 0;
  const left = called ? more.max_calls - more.counted_calls : 0;
  put("recall-why", wait ? word("counts_in", { seconds: wait }) : "");
  const when = wait ? word("when_in", { seconds: wait }) : word("when_now");
  put("pass-why", left > 0 ? plural("calls_left", left, { when }) : "");
  const undo = current ? 0 : secondsUntil(shown.undo_until);
  put("undo-why", undo ? word("undo_left", { number: shown.last_passed, seconds: undo }) : "");
}
