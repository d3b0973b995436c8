/* Sound of the page: a chime, and files played one after the other without a gap.
   Browsers are silent until somebody has touched the page (kiosks and screens are started with sound allowed). */

const Context = window.AudioContext || window.webkitAudioContext;
const GESTURES = ["pointerdown", "touchend", "keydown"];
const KEPT = 200; // decoded sounds
const LEAD = 0.03; // s: time to get ready before the first sample

const decoded = new Map(); // address → promise of an AudioBuffer
let context = null;
let output = null;
let muted = false;
let volume = 1;

function open() {
  if (!context && Context) {
    context = new Context();
    output = context.createGain();
    output.connect(context.destination);
    output.gain.value = muted ? 0 : volume;
  }
  return context;
}

/** Whether sound can come out now; until then show a sign that asks for a touch. */
export function audible() {
  return Boolean(open()) && context.state === "running" && !muted;
}

/** Wake the sound at the first touch; `heard(running)` now and whenever that changes. */
export function wakeOnTouch(heard) {
  if (!open()) return;
  const tell = () => heard && heard(context.state === "running");
  context.addEventListener ? context.addEventListener("statechange", tell) : (context.onstatechange = tell);
  const wake = () => { if (context.state !== "running") context.resume(); };
  GESTURES.forEach((gesture) => document.addEventListener(gesture, wake, { passive: true }));
  wake(); // where sound is allowed from the start
  tell();
}

/** Silence everything, now and until further notice. */
export function mute(on) {
  muted = on;
  if (output) output.gain.value = on ? 0 : volume;
}

/** 0 to 1. */
export function setVolume(level) {
  volume = Math.max(0, Math.min(1, level));
  if (output && !muted) output.gain.value = volume;
}

/** A decoded sound; a failed one is forgotten, so that the next try asks again. */
export function load(address) {
  if (!decoded.has(address)) {
    if (decoded.size >= KEPT) decoded.delete(decoded.keys().next().value);
    const made = fetch(address)
      .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error("no sound"))))
      .then((bytes) => new Promise((done, failed) => open().decodeAudioData(bytes, done, failed)));
    made.catch(() => decoded.delete(address));
    decoded.set(address, made);
  }
  return decoded.get(address);
}

/** Play addresses, and numbers as milliseconds of silence, without a gap. Answers true when the last has ended,
    false where no sound can come out. A sound that cannot be loaded is left out. */
export async function play(parts) {
  if (!open() || context.state !== "running") return false;
  const buffers = await Promise.all(parts.map((part) => (typeof part === "number" ? part : load(part).catch(() => null))));
  let at = context.currentTime + LEAD;
  buffers.forEach((part) => {
    if (typeof part === "number") at += part / 1000;
    else if (part) at = start(part, at);
  });
  await rest((at - context.currentTime) * 1000);
  return true;
}

function start(buffer, at) {
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(output);
  source.start(at);
  return at + buffer.duration;
}

/** Wait so many milliseconds. */
export function rest(ms) {
  return new Promise((done) => setTimeout(done, Math.max(0, ms)));
}
