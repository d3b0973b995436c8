/* Commands to the server: HTTP with CSRF token, idempotency key and one repeat, errors as problem documents. */

import { noteServerTime } from "./time.js";
import { word } from "./words.js";

const SAFE = ["GET", "HEAD"];
const PATIENCE = 15000; // ms until a try counts as lost
const PAUSE = 600; // ms before the one repeat, and up to as much again
const SOON = 3; // s: a 503 is repeated when it says, and only if that is soon

/** What went wrong: `code` is stable and in English, `title` and `detail` are for people,
    `errors` is {field: [message]}, `status` 0 where no answer came, `retryAfter` in seconds. */
export class Problem extends Error {
  constructor(said) {
    super(said.detail || said.title || "");
    this.name = "Problem";
    this.title = said.title || "";
    this.detail = said.detail || said.title || "";
    this.code = said.code || "";
    this.status = said.status || 0;
    this.errors = said.errors || {};
    this.retryAfter = said.retryAfter || 0;
  }
}

function meta(name) {
  const element = document.querySelector('meta[name="' + name + '"]');
  return element ? element.content : "";
}

/** A key for one intention: press twice with the same key, and it happens once.
    `crypto.randomUUID` exists only on https; a hall's own network often has none. */
export function newKey() {
  if (window.crypto && typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.prototype.map.call(bytes, (byte) => (byte < 16 ? "0" : "") + byte.toString(16)).join("");
}

function headersFor(method, body, key, lang) {
  const headers = { Accept: "application/json, application/problem+json" };
  if (body !== undefined && !(body instanceof FormData)) headers["Content-Type"] = "application/json";
  headers["Accept-Language"] = lang || document.documentElement.lang; // the page's language, not the browser's own
  if (document.querySelector('meta[name="hall-device"]')) headers["Hall-Device"] = "1";
  if (SAFE.indexOf(method) === -1) {
    headers["X-CSRFToken"] = meta("csrf-token");
    if (key) headers["Idempotency-Key"] = key;
  }
  return headers;
}

async function once(method, path, body, options, key) {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), options.patience || PATIENCE);
  try {
    const response = await fetch(path, {
      method,
      headers: headersFor(method, body, key, options.lang),
      body: body === undefined || body instanceof FormData ? body : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      keepalive: Boolean(options.keepalive),
      signal: cut.signal,
    });
    const text = response.status === 204 ? "" : await response.text(); // inside the try: a cut body is a lost answer
    return { response, text };
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (broken) {
    return null;
  }
}

const wait = (response) => Number(response.headers.get("Retry-After")) || 0;

function understood(response, text) {
  noteServerTime(response.headers.get("Date"));
  const body = text ? parsed(text) : null;
  if (response.ok) {
    if (text && body === null) throw new Problem({ status: response.status, code: "not_json", detail: word("server") });
    return body;
  }
  const said = body && typeof body === "object" ? body : { detail: word(response.status > 501 ? "network" : "server") };
  const problem = new Problem(Object.assign({}, said, {
    status: response.status,
    retryAfter: wait(response),
  }));
  if (response.status === 401) document.dispatchEvent(new CustomEvent("hall:signed-out", { detail: problem }));
  throw problem;
}

/** Seconds until the one repeat, -1 for none: what the server said is shown at once. */
function repeatAfter(answer) {
  const status = answer ? answer.response.status : 504;
  if (status === 502 || status === 504) return 0; // another process answers in a moment
  const after = status === 503 ? wait(answer.response) : 0;
  return after && after <= SOON ? after : -1;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function send(method, path, body, options) {
  const wish = options || {};
  const key = method === "POST" ? wish.key || newKey() : wish.key;
  let answer = null;
  try {
    answer = await once(method, path, body, wish, key);
  } catch (lost) {
    // Nobody knows whether it arrived: the same key makes the repeat harmless.
  }
  const after = repeatAfter(answer);
  if (after >= 0) {
    await pause(after * 1000 + PAUSE * (1 + Math.random()));
    try {
      answer = await once(method, path, body, wish, key);
    } catch (again) {
      throw new Problem({ status: 0, code: "network", detail: word("network") });
    }
  }
  return understood(answer.response, answer.text);
}

/** Each answers the parsed body (null for 204) or throws a Problem.
    options: key (made where none is given; give one to repeat the same intention), patience in ms, lang of messages. */
export const get = (path, options) => send("GET", path, undefined, options);
export const post = (path, body, options) => send("POST", path, body === undefined ? {} : body, options);
export const put = (path, body, options) => send("PUT", path, body, options);
export const patch = (path, body, options) => send("PATCH", path, body, options);
export const del = (path, options) => send("DELETE", path, undefined, options);
