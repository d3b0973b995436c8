/* The kiosk and its server: tickets over HTTP, each draw under one key however often it is sent; lines over the socket. */

const PATIENCE_MS = 8000;
const SILENCE_MS = 60000;

/** A name for one draw: the same name never draws twice. (randomUUID needs HTTPS, which a hall may not have.) */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Draw tickets. Answers {tickets}, {away: true}, {unregistered: true} or {refused: sentence, code}. */
export async function draw(codes, { key, lang, reason }) {
  const lane = reason ? { lane: "priority", reason } : {};
  const single = codes.length === 1;
  const body = single ? { line: codes[0], lang, ...lane } : { matters: codes.map((line) => ({ line })), lang, ...lane };
  let response;
  let answer;
  try {
    response = await fetch(single ? "/api/v1/tickets" : "/api/v1/visits", {
      method: "POST",
      headers: {
        "Content-Type": "application/json", "Accept-Language": lang, "Hall-Device": "1", "Idempotency-Key": key,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    answer = await response.json();
  } catch {
    return { away: true };
  }
  if (response.ok) return { tickets: single ? [answer] : answer.tickets };
  if (response.status >= 500 || response.status === 429) return { away: true };
  if (response.status === 401 || response.status === 403) return { unregistered: true };
  const told = Object.values(answer.errors ?? {}).flat()[0];
  return { refused: told ?? answer.detail, code: answer.code };
}

/** Follow the lines of a site: `onLines` hears each new state, `onStatus` true or false as the server comes and goes. */
export function followLines(site, onLines, onStatus) {
  const topic = `site:${site}:lines`;
  const socket = globalThis.io("/live", { transports: ["websocket"], randomizationFactor: 0.5 });
  let heard = Date.now();
  const take = (state) => {
    heard = Date.now();
    onLines(state);
  };
  const watch = () => socket.emit("watch", { topic }, (answer) => answer?.ok && take(answer.state));
  socket.on("connect", () => { onStatus(true); watch(); });
  socket.on("disconnect", () => onStatus(false));
  socket.on("connect_error", () => onStatus(false));
  socket.on("state", (state) => state.topic === topic && take(state));
  setInterval(() => socket.connected && Date.now() - heard > SILENCE_MS && watch(), SILENCE_MS / 4);
}
