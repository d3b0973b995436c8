/* What is taken in for the ticket at the window: whether the console proposes the end "papers received". */

import { get } from "./api.js";

/** `current()` answers the ticket at the window. Returns {look, outcome, items, half}. */
export function formsAtHand(window, current) {
  let known = { number: "", received: [], draft: null };

  const mine = () => (current() && current().number === known.number ? known : { received: [], draft: null });
  return {
    /** Ask the hall anew; quietly: without an answer nothing is proposed. */
    async look() {
      const number = current() && current().state === "serving" ? current().number : "";
      if (!number) return;
      try {
        const state = await get("/api/v1/windows/" + encodeURIComponent(window) + "/forms");
        known = { number: state.ticket, received: state.forms.filter((form) => form.state === "received"), draft: state.draft };
      } catch (problem) {
        known = { number: "", received: [], draft: null };
      }
    },
    outcome: () => (mine().received.length ? "received" : "done"),
    items: () => mine().received.flatMap((form) => form.cases).map((one) => ({ code: one.item, count: 1, name: one.item_name, name_en: one.item_name_en })),
    half: () => Boolean(mine().draft),
  };
}
