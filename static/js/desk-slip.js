/* The slip for the browser's own printing, in the order of the printed one. */

import { aheadOf, h, nameOf, start, waitOf, where, word } from "./desk-dom.js";
import { lineName } from "./desk-draw.js";
import { hhmm, longDate } from "./time.js";

/** The parts of the slip of these tickets; `again` marks a further one. */
export function slip(desk, tickets, again) {
  const first = tickets[0];
  return [
    first.test ? h("p", { class: "desk-slip-mark" }, word("is_test")) : null,
    h("p", {}, nameOf(start.site)),
    ...tickets.map((ticket) => h("div", {},
      h("p", { class: "desk-number" }, ticket.number),
      h("p", {}, h("strong", {}, lineName(desk, ticket.line))),
      h("p", {}, [aheadOf(ticket), waitOf(ticket)].filter(Boolean).join(" · ")),
      h("p", {}, where(ticket.line)))),
    h("p", {}, `${longDate(first.issued_at)} ${hhmm(first.issued_at)}`),
    again ? h("p", {}, word("slip_reprint")) : null,
    tickets.length > 1 ? h("p", {}, word("several_note")) : null,
    h("p", {}, word("slip_watch")),
    h("p", {}, word("slip_passed", { n: start.rejoin_minutes })),
    h("p", {}, `${word("slip_free")} ${start.phone ? word("slip_phone", { phone: start.phone }) : ""}`),
    first.follow_url ? h("img", { src: `/api/v1/tickets/${first.token}/qr.svg`, alt: "", width: "120", height: "120" }) : null,
  ].filter(Boolean);
}
