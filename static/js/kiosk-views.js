/* What each view of the kiosk shows: {question, how, content}. Nothing here talks to the server. */

const REASONS = ["elder", "disabled", "pregnant", "ill", "military", "martyr_family", "firefighter"];
const TILES = { plain: 12, elder: 6 };

/** An element. Attributes that are null or false are left out; `on` is what a touch does. */
export function h(tag, { on, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  if (on) element.addEventListener("click", on);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const key = (text, on, { kind = "", ...more } = {}) => h("button", { type: "button", class: `kiosk-key ${kind}`, on, ...more }, text);

function tile(kiosk, line) {
  const { say, state } = kiosk;
  const chosen = state.chosen.includes(line.code);
  const full = state.several && !chosen && state.chosen.length >= kiosk.matters;
  const under = !line.open ? say("stopped") : line.waiting ? say("waiting", { n: line.waiting }) : say("nobody");
  return h(
    "button",
    {
      type: "button",
      class: `kiosk-tile${line.open ? "" : " stopped"}`,
      "data-line": line.code,
      "aria-pressed": state.several ? String(chosen) : null,
      disabled: full || (state.several && !line.open),
      on: () => kiosk.pick(line.code),
    },
    h("span", { class: "kiosk-sign", "aria-hidden": "true" }, chosen ? "✓" : line.prefix),
    h("span", { class: "kiosk-name" }, kiosk.nameOf(line)),
    h("span", { class: "kiosk-under" }, under),
  );
}

/** All lines as tiles; one touch leads to the confirmation, or collects several. */
export function homeView(kiosk) {
  const { say, state, lines } = kiosk;
  const size = state.elder ? TILES.elder : TILES.plain;
  const pages = Math.max(1, Math.ceil(lines.length / size));
  const at = Math.min(state.at, pages - 1);
  const shown = lines.slice(at * size, (at + 1) * size);
  const banner = state.reason && h(
    "div", { class: "kiosk-banner" },
    h("span", {}, say("priority_on", { reason: say(state.reason) })),
    key(say("priority_off"), () => kiosk.go({ reason: null }), { kind: "quiet" }),
  );
  const tiles = lines.length
    ? h("div", { class: "kiosk-tiles" }, ...shown.map((line) => tile(kiosk, line)))
    : h("p", { class: "note care" }, say("no_lines"));
  const turn = pages > 1 && key(
    `${say("more")} · ${say("page_of", { n: at + 1, all: pages })}`,
    () => kiosk.go({ at: (at + 1) % pages }),
    { kind: "kiosk-turn" },
  );
  return {
    question: say("question"),
    how: state.several ? say("how_several", { n: kiosk.matters }) : say("how"),
    content: [banner, tiles, turn, state.several ? collecting(kiosk) : keys(kiosk)].filter(Boolean),
  };
}

function keys(kiosk) {
  const { say, state } = kiosk;
  return h(
    "div", { class: "kiosk-keys" },
    !state.reason && key(say("priority"), () => kiosk.go({ view: "reasons", from: "home" }), { "data-key": "priority" }),
    key(say("several"), () => kiosk.go({ several: true, chosen: [] }), { "data-key": "several" }),
    key(say(state.elder ? "elder_off" : "elder_on"), () => kiosk.go({ elder: !state.elder, at: 0 }), { "data-key": "elder" }),
    key(say(state.lowered ? "raise" : "lower"), () => kiosk.go({ lowered: !state.lowered }), { "data-key": "lower", kind: "portrait-only" }),
    key(
      state.lang === "zh" ? "English" : "中文",
      () => kiosk.go({ lang: state.lang === "zh" ? "en" : "zh" }),
      { "data-key": "language", lang: state.lang === "zh" ? "en" : "zh-CN" },
    ),
  );
}

function collecting(kiosk) {
  const { say, state } = kiosk;
  const count = state.chosen.length;
  return h(
    "div", { class: "kiosk-keys" },
    key(say("cancel"), () => kiosk.home(), { "data-key": "cancel" }),
    key(say(count > 1 ? "draw_several" : "draw", { n: count }), () => kiosk.go({ view: "confirm", key: state.key ?? randomKey() }), {
      kind: "primary", disabled: count === 0, "data-key": "next",
    }),
  );
}

const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What was chosen, how full it is, and the one touch that draws. */
export function confirmView(kiosk) {
  const { say, state } = kiosk;
  const chosen = state.chosen.map((code) => kiosk.line(code)).filter(Boolean);
  const stopped = chosen.find((line) => !line.open);
  const cards = chosen.map((line) => h(
    "section", { class: "kiosk-choice" },
    h("h2", {}, h("span", { class: "kiosk-sign", "aria-hidden": "true" }, line.prefix), kiosk.nameOf(line)),
    line.open ? facts(kiosk, line) : stop(kiosk, line),
  ));
  const draw = key(kiosk.busy ? say("drawing") : say(chosen.length > 1 ? "draw_several" : "draw", { n: chosen.length }), () => kiosk.draw(), {
    kind: "primary huge", "data-key": "draw", "aria-busy": String(kiosk.busy), disabled: Boolean(stopped) || kiosk.busy,
  });
  const lane = state.reason
    ? key(say("priority_off"), () => kiosk.go({ reason: null }), { disabled: kiosk.busy })
    : key(say("priority"), () => kiosk.go({ view: "reasons", from: "confirm" }), { "data-key": "priority", disabled: kiosk.busy });
  return {
    question: stopped ? say("stopped_title") : chosen.map((line) => kiosk.nameOf(line)).join(" · "),
    how: state.reason ? say("priority_on", { reason: say(state.reason) }) : "",
    content: [
      h("div", { class: `kiosk-choices of-${chosen.length}` }, ...cards),
      !stopped && draw,
      h("div", { class: "kiosk-keys" }, key(say("back"), () => kiosk.home(), { "data-key": "back", disabled: kiosk.busy }), !stopped && lane),
    ].filter(Boolean),
  };
}

function facts(kiosk, line) {
  const { say } = kiosk;
  const pair = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return h(
    "dl", { class: "kiosk-facts" },
    pair(say("ahead_now"), say("people", { n: line.waiting })),
    line.windows_open > 0 && pair(say("windows_now"), say("windows", { n: line.windows_open })),
    line.wait && pair(say("wait_now"), say("wait", { range: range(line.wait) })),
    line.windows_open === 0 && h("div", { class: "wide" }, h("dd", {}, say("no_window"))),
  );
}

const stop = (kiosk, line) => h(
  "div", { class: "note care" },
  h("p", {}, h("strong", {}, line.stopped_reason ?? ""), kiosk.say("stopped_desk")),
);

const range = (wait) => {
  const [low, high] = [Math.round(wait.p50_min), Math.round(wait.p90_min)];
  return low === high ? String(low) : `${low}–${high}`;
};

/** Why somebody goes first: by law, on their word (Q4). */
export function reasonsView(kiosk) {
  const { say, state } = kiosk;
  return {
    question: say("priority_title"),
    how: say("priority_how"),
    content: [
      h("div", { class: "kiosk-tiles reasons" }, ...REASONS.map((reason) => key(
        say(reason), () => kiosk.go({ view: state.from, reason }), { kind: "kiosk-tile", "data-reason": reason },
      ))),
      h("div", { class: "kiosk-keys" }, key(say("back"), () => kiosk.go({ view: state.from }), { "data-key": "back" })),
    ],
  };
}

const ahead = (kiosk, ticket) => {
  const name = { 0: "ahead_none", 1: "ahead_one" }[ticket.ahead] ?? "ahead";
  return kiosk.say(name, { n: ticket.ahead });
};

/** The number, who is ahead, and what happens next. */
export function ticketView(kiosk) {
  const { say, state } = kiosk;
  const { tickets } = state;
  const code = tickets[0].follow_url && h("figure", { class: "kiosk-code" },
    h("img", { src: `/api/v1/tickets/${tickets[0].token}/qr.svg`, alt: say("follow") }),
    h("figcaption", {}, say("follow")));
  const cards = tickets.map((ticket) => h(
    "section", { class: "kiosk-ticket" },
    h("p", { class: "kiosk-line" }, kiosk.nameOf(kiosk.line(ticket.line) ?? { name: "" })),
    h("p", { class: "kiosk-number", "data-number": ticket.number }, ticket.number),
    h("p", { class: "kiosk-ahead" }, ahead(kiosk, ticket)),
    ticket.wait && h("p", {}, say("wait", { range: range(ticket.wait) })),
  ));
  return {
    question: say(tickets.length > 1 ? "yours_several" : "yours"),
    how: say("listen"),
    content: [
      h("div", { class: `kiosk-tickets of-${tickets.length}`, role: "status" }, ...cards, code),
      h("p", { class: "kiosk-note" }, tickets.length > 1 ? say("frozen") : say("remember"), " ", say("passed")),
      h("div", { class: "kiosk-keys" },
        key(say("print"), () => kiosk.print(), { "data-key": "print" }),
        key(say("finished"), () => kiosk.home(), { kind: "primary", "data-key": "home" })),
    ],
  };
}

/** What happened and what to do: try again under the same key, or go to a person. */
export function troubleView(kiosk) {
  const { say, state } = kiosk;
  const { trouble } = state;
  const text = trouble.away ? say("away_text") : trouble.unregistered ? say("unregistered") : trouble.refused;
  return {
    question: say(trouble.away ? "away_title" : "refused_title"),
    how: "",
    content: [
      h("p", { class: "note bad kiosk-trouble", role: "alert" }, text),
      h("p", { class: "kiosk-note" }, say("desk")),
      h("div", { class: "kiosk-keys" },
        key(say("home"), () => kiosk.home(), { "data-key": "home" }),
        trouble.away && key(say("again"), () => kiosk.go({ view: "confirm" }) ?? kiosk.draw(), { kind: "primary", "data-key": "again" })),
    ],
  };
}

/** The slip for the browser's own printing. */
export function slip(kiosk, page) {
  const { say, state } = kiosk;
  const issued = new Date(state.tickets[0].issued_at);
  const when = new Intl.DateTimeFormat(state.lang === "zh" ? "zh-CN" : "en-GB", {
    timeZone: page.site.zone, dateStyle: "long", timeStyle: "short",
  }).format(issued);
  return [
    h("p", {}, kiosk.nameOf(page.site)),
    ...state.tickets.flatMap((ticket) => [
      h("p", { class: "kiosk-number" }, ticket.number),
      h("p", {}, kiosk.nameOf(kiosk.line(ticket.line) ?? { name: "" })),
      h("p", {}, ahead(kiosk, ticket), ticket.wait ? ` · ${say("wait", { range: range(ticket.wait) })}` : ""),
    ]),
    h("p", {}, when),
    h("p", {}, say("listen")),
    h("p", {}, say("passed")),
    h("p", {}, say("free"), page.phone ? ` ${say("phone", { phone: page.phone })}` : ""),
  ];
}
