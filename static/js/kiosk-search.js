/* Finding a matter: by life situation, by department, or by the letters of its name. */

import { get } from "./api.js";
import { key, pad } from "./kiosk-choose.js";
import { h } from "./kiosk-dom.js";
import { missedKey } from "./kiosk-missed.js";
import { returnKey } from "./kiosk-return.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MOST_LETTERS = 16;
const PAUSE = 150; // ms after the last letter until the hall is asked
const ROOM = {
  shelves: { plain: 12, elder: 6 },
  shelvesTurned: { plain: 9, elder: 6 }, // the key that turns the page takes a row's place
  offers: { plain: 6, elder: 6 },
  results: 4,
};

const room = (kiosk, sizes) => (kiosk.state.elder ? sizes.elder : sizes.plain);

/** One page of a list, and the key that turns it where there are more. */
export function turned(kiosk, rows, size, text, field = "at") {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const at = Math.min(kiosk.state[field] ?? 0, pages - 1);
  const turn = pages > 1 && key(
    kiosk, "turn", "forward", `${text} · ${kiosk.say("page_of", { n: at + 1, all: pages })}`,
    () => kiosk.go({ [field]: (at + 1) % pages }), { kind: "turn" },
  );
  return { shown: rows.slice(at * size, (at + 1) * size), turn };
}

/** The three ways to a matter beside the lines, and the ways back into a line, on the first page. */
export function browseKeys(kiosk) {
  const { say, page } = kiosk;
  const ways = [["situation", "home", "by_situation"], ["department", "department", "by_department"]];
  return h("div", { class: "kiosk-keys browse" },
    ways.map(([kind, sign, text]) => page.shelves[kind].length > 0 && key(kiosk, kind, sign, say(text),
      () => kiosk.go({ view: "shelves", kind, at: 0 }))),
    key(kiosk, "search", "search", say("by_letters"), () => openSearch(kiosk)),
    missedKey(kiosk), returnKey(kiosk));
}

/** Life situations or departments as tiles. */
export function shelvesView(kiosk) {
  const { say, state, page } = kiosk;
  const shelves = page.shelves[state.kind];
  const sizes = shelves.length > room(kiosk, ROOM.shelves) ? ROOM.shelvesTurned : ROOM.shelves;
  const { shown, turn } = turned(kiosk, shelves, room(kiosk, sizes), say("more"));
  return {
    question: say(state.kind === "situation" ? "which_situation" : "which_department"),
    how: say("how"),
    content: [
      h("div", { class: "kiosk-tiles" }, shown.map((shelf) => h(
        "button", { type: "button", class: "kiosk-tile", "data-item": shelf.code, on: () => openShelf(kiosk, shelf) },
        h("span", { class: "kiosk-sign", "aria-hidden": "true" }, kiosk.sign(shelf.icon || "list")),
        h("span", { class: "kiosk-words" }, h("span", { class: "kiosk-name" }, kiosk.nameOf(shelf))),
      ))),
      turn,
      h("div", { class: "kiosk-keys" }, key(kiosk, "back", "back", say("back"), () => kiosk.go({ view: "home", at: 0 }))),
    ],
  };
}

/** From a line to its matters, for who wants to know the papers first. */
export const lineMattersKey = (kiosk, line) => kiosk.page.with_items.includes(line.code) && key(
  kiosk, "papers", "paper", kiosk.say("which_papers"), () => openShelf(kiosk, { ...line, kind: "line" }), { kind: "turn", disabled: kiosk.state.busy },
);

async function openShelf(kiosk, shelf) {
  kiosk.go({ view: "offers", shelf, at: 0, found: null });
  const found = await asked(`/kiosk/${kiosk.page.site.code}/${shelf.kind}/${encodeURIComponent(shelf.code)}`, kiosk);
  if (kiosk.state.shelf === shelf) kiosk.go({ found });
}

/** The matters, or [] where the hall cannot be asked: the page says then that the server is away. */
async function asked(path, kiosk) {
  try {
    return await get(path, { lang: kiosk.state.lang });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    return [];
  }
}

/** The matters behind one tile. */
export function offersView(kiosk) {
  const { say, state } = kiosk;
  const { shown, turn } = turned(kiosk, state.found ?? [], room(kiosk, ROOM.offers), say("more"));
  return {
    question: kiosk.nameOf(state.shelf),
    how: say("choose_matter"),
    content: [
      state.found && !state.found.length
        ? h("p", { class: "note care" }, say("nothing_here"))
        : h("div", { class: "kiosk-tiles offers", "aria-busy": String(!state.found) }, shown.map((offer) => offerTile(kiosk, offer))),
      turn,
      h("div", { class: "kiosk-keys" },
        key(kiosk, "back", "back", say("back"),
          () => (state.shelf.kind === "line" ? kiosk.pick(state.shelf.code) : kiosk.go({ view: "shelves", at: 0 }))),
        key(kiosk, "search", "search", say("by_letters"), () => openSearch(kiosk))),
    ],
  };
}

function offerTile(kiosk, offer) {
  const line = kiosk.line(offer.line);
  const within = kiosk.state.view === "offers" && kiosk.state.shelf.kind === "line"; // the page's title says the line
  const under = offer.type === "bundle" ? kiosk.say("bundle_of", { n: offer.items.length }) : !within && kiosk.nameOf(line);
  return h(
    "button",
    {
      type: "button", class: `kiosk-tile${line.open ? "" : " stopped"}`, disabled: kiosk.state.several && !line.open, "data-item": `${offer.type}:${offer.code}`,
      on: () => kiosk.choose(offer),
    },
    h("span", { class: "kiosk-sign", "aria-hidden": "true" }, offer.type === "bundle" ? kiosk.sign("copies") : line.prefix),
    h("span", { class: "kiosk-words" },
      h("span", { class: "kiosk-name" }, kiosk.nameOf(offer)), " ",
      under && h("span", { class: "kiosk-under" }, under)));
}

/* By letters */

let timer = 0;
let turn = 0;

function openSearch(kiosk) {
  kiosk.go({ view: "search", typed: "", found: null, at: 0 });
  look(kiosk, 0);
}

function type(kiosk, typed) {
  if (typed.length > MOST_LETTERS) return;
  kiosk.go({ typed, at: 0 });
  look(kiosk, PAUSE);
}

/** Ask for what was typed; an answer that a later letter has overtaken is thrown away. */
function look(kiosk, wait) {
  clearTimeout(timer);
  turn += 1;
  const mine = turn;
  timer = setTimeout(async () => {
    const query = encodeURIComponent(kiosk.state.typed);
    const found = await asked(`/api/v1/sites/${kiosk.page.site.code}/catalogue?limit=20&q=${query}`, kiosk);
    if (mine === turn && kiosk.state.view === "search") kiosk.go({ found });
  }, wait);
}

/** Letter keys with live results above them: the first letters of a name are enough (yyzz: 营业执照). */
export function searchView(kiosk) {
  const { say, state } = kiosk;
  const found = state.found ?? [];
  const { shown, turn: more } = turned(kiosk, found, ROOM.results, say("more"));
  const nothing = state.found && !found.length;
  return {
    question: state.typed || say("type_letters"),
    how: say(state.typed ? "found_so_far" : "type_how", { n: found.length >= 20 ? "20+" : found.length }),
    content: [
      nothing
        ? h("p", { class: "note care kiosk-nothing", role: "status" }, kiosk.sign("search"), h("span", {}, say("nothing_found")))
        : h("div", { class: "kiosk-tiles results", "aria-busy": String(!state.found) }, shown.map((offer) => offerTile(kiosk, offer))),
      more,
      pad(kiosk, LETTERS, say("by_letters"), (typed) => type(kiosk, typed)),
      h("div", { class: "kiosk-keys" },
        key(kiosk, "back", "back", say("back"), () => kiosk.go({ view: "home", at: 0 })),
        key(kiosk, "clear", "close", say("clear"), () => type(kiosk, ""), { disabled: !state.typed })),
    ],
  };
}
