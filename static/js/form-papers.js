/* The checklist: each paper with its states, a key for each; arrows walk, and a key goes on to the next. */

import { byId, h, say } from "./form-parts.js";
import { lang, nameOf, plural, word } from "./words.js";

const STATES = ["present", "corrected", "deferred", "missing", "not_needed", "reused", "from_bundle"];
const WITH_NOTE = ["corrected", "deferred", "missing"];
const list = byId("papers");
const rows = new Map(); // id → {item, radios, note, paper}
let offered = new Map(); // id → the newest thing on file

function details(paper) {
  return [
    paper.originals ? word("originals", { n: paper.originals }).replace(/ /g, "\u00a0") : "",
    paper.copies ? word("copies", { n: paper.copies }).replace(/ /g, "\u00a0") : "",
    nameOf(paper, "condition"),
  ].filter(Boolean).join(" · ");
}

function asked(paper, items) {
  const offices = Array.from(new Set(items.filter((item) => paper.items.indexOf(item.code) !== -1).map(officeOf)));
  return h("span", { class: "tags" }, h("span", { class: "unseen" }, word("asked_by") + " "), offices.map((name) => h("span", { class: "tag" }, name)));
}

export const officeOf = (item) => (lang === "en" && item.department_en) || item.department;

function choice(paper, state, n, told) {
  const id = "paper-" + paper.id + "-" + state;
  const radio = h("input", { type: "radio", name: "paper-" + paper.id, id, value: state });
  radio.addEventListener("change", () => told(state));
  return { radio, part: h("span", { class: "state " + state }, radio, h("label", { for: id }, h("kbd", { "aria-hidden": "true" }, String(n)), word("state_" + state))) };
}

function make(paper, form, told) {
  const name = nameOf(paper);
  const note = h("input", { class: "input", type: "text", maxlength: "200", autocomplete: "off", "aria-label": word("note_label", { name }), placeholder: word("note_hint") });
  const entry = { paper, note, radios: new Map(), items: form.items };
  const set = (state) => told(entry, state);
  const choices = STATES.filter((state) => (state !== "deferred" || paper.deferrable) && (state !== "from_bundle" || paper.made_by)).map((state) => {
    const made = choice(paper, state, STATES.indexOf(state) + 1, set);
    entry.radios.set(state, made);
    return made.part;
  });
  entry.file = h("span", { class: "small quiet" });
  entry.item = h("li", {}, h("fieldset", {},
    h("legend", {}, name, " ", h("span", { class: "small quiet" }, details(paper)), form.items.length > 1 && [" ", asked(paper, form.items)]),
    h("div", { class: "states" }, choices), entry.file, note));
  note.addEventListener("input", () => told(entry, entry.paper.state, true));
  return entry;
}

function update(entry) {
  const { paper } = entry;
  const chosen = entry.radios.get(paper.state);
  entry.radios.forEach(({ radio }) => { radio.checked = Boolean(chosen) && radio === chosen.radio; });
  const file = offered.get(paper.id);
  const stood = paper.state === "reused";
  entry.radios.get("reused").part.hidden = !file && !stood;
  const maker = paper.state === "from_bundle" && entry.items.find((item) => item.code === paper.made_by);
  entry.file.textContent = maker ? word("made_by", { name: nameOf(maker) }) : file ? word("on_file", { number: file.number, on: file.on }) : "";
  entry.note.hidden = WITH_NOTE.indexOf(paper.state) === -1;
  if (entry.note !== document.activeElement && entry.note.value !== paper.note) entry.note.value = paper.note;
  entry.item.dataset.state = paper.state;
}

const all = () => Array.from(rows.values());

function count() {
  const open = all().filter((entry) => entry.paper.state === "unchecked").length;
  say("papers-left", rows.size ? (open ? plural("open_papers", open) : word("all_checked")) : word("no_papers"));
  byId("all-present").disabled = !open;
  const free = all().filter((entry) => offered.has(entry.paper.id) && entry.paper.state !== "reused").length;
  say("offers-text", free ? plural("offers", free) : "");
  byId("offers").hidden = !free;
}

function focusOn(entry) {
  const radios = Array.from(entry.radios.values()).map((made) => made.radio);
  (radios.find((radio) => radio.checked) || radios[0]).focus();
  entry.item.scrollIntoView({ block: "nearest" });
}

function at(element) {
  return all().findIndex((entry) => entry.item.contains(element));
}

/** `told(row)` hears {id, state, note, reused_from}; `ended()` that nothing is open and the next thing is to receive. Returns {show, offer, focus, present, reuse}. */
export function papers(told, ended) {
  function tell(entry, state, noted) {
    const file = offered.get(entry.paper.id);
    const from = state === "reused" ? (file ? file.source : entry.paper.reused_from) : null;
    entry.paper = Object.assign({}, entry.paper, { state, note: entry.note.value });
    told(Object.assign({ id: entry.paper.id, state, note: entry.note.value.trim() }, from ? { reused_from: from } : {}));
    if (!noted) update(entry);
    count();
  }

  const present = () => all().filter((entry) => entry.paper.state === "unchecked").forEach((entry) => tell(entry, "present"));
  const reuse = () => all().filter((entry) => offered.has(entry.paper.id)).forEach((entry) => tell(entry, "reused"));

  const open = () => all().find((entry) => entry.paper.state === "unchecked");

  /** On to what is still open below, else above, else out of the list. */
  function onward(event) {
    event.preventDefault();
    const next = all().slice(at(event.target) + 1).find((entry) => entry.paper.state === "unchecked") || open();
    if (next) focusOn(next);
    else ended();
  }

  function step(event, by) {
    const next = all()[Math.max(0, at(event.target) + by)];
    event.preventDefault();
    if (next) focusOn(next);
  }

  function key(event) {
    const typing = event.target.matches("input[type=text]");
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return step(event, event.key === "ArrowDown" ? 1 : -1);
    if (event.key === "Enter") return onward(event);
    if (typing) return undefined;
    const low = event.key.toLowerCase();
    if (low === "a" || low === "r") {
      event.preventDefault();
      if (low === "a") present();
      else reuse();
      return onward(event);
    }
    const entry = all()[at(event.target)];
    const state = /^[1-7]$/.test(event.key) ? STATES[Number(event.key) - 1] : "";
    const made = entry && entry.radios.get(state);
    if (!made || made.part.hidden) return undefined;
    event.preventDefault();
    tell(entry, state);
    if (WITH_NOTE.indexOf(state) !== -1) entry.note.focus();
    else if (entry === all()[all().length - 1]) onward(event);
    else step(event, 1);
    return undefined;
  }

  list.addEventListener("keydown", key);
  byId("all-present").addEventListener("click", present);
  byId("reuse-all").addEventListener("click", reuse);
  return {
    /** The checklist as it is saved; `again` builds it anew. */
    show(form, again) {
      if (again) {
        rows.clear();
        offered = new Map();
        form.papers.forEach((paper) => rows.set(paper.id, make(paper, form, tell)));
        list.replaceChildren(...all().map((entry) => entry.item));
      }
      form.papers.forEach((paper) => {
        const entry = rows.get(paper.id);
        if (entry.note === document.activeElement) return;
        entry.paper = paper;
        update(entry);
      });
      count();
    },
    offer(found) {
      offered = new Map();
      found.forEach((one) => { if (!offered.has(one.paper_id)) offered.set(one.paper_id, one); });
      all().forEach(update);
      count();
    },
    focus() {
      const entry = open() || all()[0];
      if (entry) focusOn(entry);
      else list.focus();
    },
  };
}
