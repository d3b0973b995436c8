/* The floor page: the live state of windows, lines, notices and devices; managers act from it. */

import { createActs } from "./floor-acts.js";
import { byAttention, figures, lineRow, noticeRows, noWindows, tile, troubles } from "./floor-view.js";
import { helpBlock } from "./floor-help.js";
import { patch } from "./kiosk-dom.js";
import { watch } from "./live.js";
import { showStatus } from "./status.js";
import { longDate, noteServerTime, tick } from "./time.js";
import { nameOf } from "./words.js";

const byId = (id) => document.getElementById(id);
const start = JSON.parse(byId("start").textContent);
const MANY = 24; // windows: more of them stand closer
const EVERY = 10; // s: how long, in words, goes on by itself

let state = start.state;
noteServerTime(state.as_of);
const acts = start.manage ? createActs(start.site, () => state) : null;

function show() {
  const names = {};
  state.lines.forEach((line) => { names[line.code] = nameOf(line); });
  byId("day").textContent = longDate(state.business_date + "T12:00:00");
  patch(byId("figures"), figures(state));
  patch(byId("help"), helpBlock(state, start.manage));
  patch(byId("troubles"), troubles(state));
  byId("windows").toggleAttribute("data-many", state.windows.length > MANY);
  const tiles = byAttention(state.windows).map((window) => tile(window, names, acts && acts.lend));
  patch(byId("windows"), tiles.length ? tiles : [noWindows()]);
  patch(byId("lines"), state.lines.map((line) => lineRow(line, acts && acts.line)));
  patch(byId("notices"), noticeRows(state.notices, acts && acts.withdraw));
  if (acts) acts.refresh();
}

tick(show, EVERY);
tick(() => { if (state.help.length) patch(byId("help"), helpBlock(state, start.manage)); }, 1);
showStatus(byId("live-status"));
watch(start.topic, (fresh) => {
  state = fresh;
  show();
});
