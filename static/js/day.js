/* The day sheet's plot: median and 90 of 100 of the wait by half hour, with the target; its table one key away. */

import { word } from "./words.js";

const HEIGHT = 260;
const STEP = 30; // min
const TURN = 4 * 60; // the business date begins at 04:00
const byId = (id) => document.getElementById(id);
const sheet = JSON.parse(byId("sheet").textContent);
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const clockOf = (minutes) => String(Math.floor(minutes / 60) % 24).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");

function minutesOf(text) {
  const at = Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return at < TURN ? at + 1440 : at;
}

/** Every half hour from before the first to after the last: none drawn leaves a gap, not a line across it. */
function series() {
  const found = new Map(sheet.half_hours.map((row) => [minutesOf(row.from), row.wait]));
  const times = Array.from(found.keys());
  const first = Math.min(...times);
  const last = Math.max(...times);
  const x = [];
  for (let at = first - STEP; at <= last + STEP; at += STEP) x.push(at);
  const pick = (name) => x.map((at) => (found.get(at) ? found.get(at)[name] : null));
  return [x, pick("median_min"), pick("p90_min"), x.map(() => sheet.target_min)];
}

function draw() {
  const room = byId("plot");
  const font = "13px " + token("--sans");
  const axis = { font, labelFont: font, stroke: token("--quiet"), grid: { stroke: token("--rule") }, ticks: { stroke: token("--rule") } };
  const data = series();
  const said = (u, minutes) => (minutes === null || minutes === undefined ? "" : String(minutes));
  const span = [data[0][0], data[0][data[0].length - 1]];
  const options = {
    width: room.clientWidth,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false, range: () => span }, y: { range: (u, low, high) => [0, Math.max(high, sheet.target_min) * 1.1] } },
    axes: [
      Object.assign({ values: (u, ticks) => ticks.map(clockOf), incrs: [30, 60, 120, 240] }, axis),
      Object.assign({ label: word("minutes"), size: 56 }, axis),
    ],
    series: [
      { label: word("drawn"), value: (u, at) => (at === null || at === undefined ? "" : clockOf(at)) },
      { label: word("median"), value: said, stroke: token("--civic"), width: 3, points: { size: 8, fill: token("--civic") } },
      { label: word("p90"), value: said, stroke: token("--care"), width: 2, dash: [8, 4], points: { size: 8, fill: token("--paper") } },
      { label: word("target"), value: () => "", stroke: token("--now"), width: 2, dash: [2, 4], points: { show: false } },
    ],
  };
  return new uPlot(options, data, room);
}

function toggle() {
  const shows = byId("plot-switch").getAttribute("aria-expanded") !== "true";
  byId("plot-switch").setAttribute("aria-expanded", String(shows));
  byId("plot-table").hidden = !shows;
}

if (byId("plot")) {
  byId("plot-table").hidden = true;
  byId("plot-switch").hidden = false;
  byId("plot-switch").addEventListener("click", toggle);
  const plot = draw();
  window.addEventListener("resize", () => plot.setSize({ width: byId("plot").clientWidth, height: HEIGHT }));
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (["INPUT", "SELECT", "TEXTAREA"].indexOf(event.target.tagName) !== -1) return;
    if (event.key.toLowerCase() === "t") toggle();
  });
}
byId("print").hidden = false;
byId("print").addEventListener("click", () => window.print());
