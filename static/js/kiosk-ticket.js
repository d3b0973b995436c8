/* The ticket on the screen, and what is said when none could be drawn. */

import { key, range } from "./kiosk-choose.js";
import { h } from "./kiosk-dom.js";
import { mayPrint, paperNote, print } from "./kiosk-print.js";

const ahead = (kiosk, ticket) => kiosk.say({ 0: "ahead_none", 1: "ahead_one" }[ticket.ahead] ?? "ahead", { n: ticket.ahead });

/** What it was drawn for: the matter where one was chosen, else the line. */
const nameOf = (kiosk, ticket) => kiosk.nameOf(ticket.matter ? { name: ticket.matter, name_en: ticket.matter_en } : kiosk.line(ticket.line));

/** The number, who is ahead, where to go, and what happens next. */
export function ticketView(kiosk) {
  const { say, state } = kiosk;
  const { tickets } = state;
  const several = tickets.length > 1;
  const printing = mayPrint(kiosk);
  return {
    question: say(several ? "yours_several" : state.returned ? "yours_again" : "yours"),
    how: say("listen"),
    content: [
      h("div", { class: `kiosk-tickets of-${tickets.length}`, role: "status" },
        tickets.map((ticket) => card(kiosk, ticket, !several)), code(kiosk, tickets[0])),
      paperNote(kiosk),
      h("p", { class: "kiosk-note" }, state.helper && say("booked_comes", { badge: state.helper }), " ", several && say("frozen"), " ", say("passed", { minutes: kiosk.page.rejoin_minutes })),
      h("div", { class: "kiosk-keys" },
        printing && key(kiosk, "print", "printer", say(printing), () => print(kiosk), { disabled: Boolean(state.printing) }),
        key(kiosk, "home", "done", say("finished"), () => kiosk.home(), { kind: "primary" })),
    ],
  };
}

function card(kiosk, ticket, alone) {
  const where = kiosk.place(ticket.line);
  return h("section", { class: "kiosk-ticket" },
    h("p", { class: "kiosk-line" }, nameOf(kiosk, ticket)),
    h("p", { class: "kiosk-number", "data-number": ticket.number }, ticket.number),
    h("p", { class: "kiosk-ahead" }, ahead(kiosk, ticket)),
    ticket.wait && h("p", { class: "kiosk-wait" }, kiosk.say(alone ? "wait" : "minutes", { range: range(ticket.wait) })),
    where && h("p", { class: "kiosk-where" }, kiosk.sign("place"), where));
}

/** Only where phones can reach us (E2): the server gives an address then. */
function code(kiosk, ticket) {
  const text = kiosk.say("follow");
  return ticket.follow_url && h("figure", { class: "kiosk-code" },
    h("img", { src: `/api/v1/tickets/${ticket.token}/qr.svg`, alt: "" }), h("figcaption", {}, text));
}

/** What happened and what to do: once more under the same key, or to a person. */
export function troubleView(kiosk) {
  const { say, state } = kiosk;
  const { kind, text } = state.trouble;
  const lost = kind === "away";
  return {
    question: say(lost ? "away_title" : "refused_title"),
    how: "",
    content: [
      h("div", { class: "note bad kiosk-trouble", role: "alert" }, kiosk.sign(lost ? "offline" : "warning"),
        h("p", {}, h("strong", {}, lost ? say("away_text") : kind === "unregistered" ? say("unregistered") : text), say("desk"))),
      h("div", { class: "kiosk-keys" },
        key(kiosk, "home", "home", say("home"), () => kiosk.home()),
        lost && key(kiosk, "again", "refresh", say("again"), () => kiosk.draw(), { kind: "primary" })),
    ],
  };
}
