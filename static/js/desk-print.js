/* Paper: on a printer of the hall, or by this computer's own printing of the slip's picture. */

import { post } from "./api.js";
import { byId, h, start, word } from "./desk-dom.js";
import { toast } from "./toast.js";

const KEPT = "desk-printer"; // which printer stands at this desk; nothing about people is ever kept here

/** The printer chosen at this desk: its id, or 0 for this computer. */
export function printer() {
  let kept = 0;
  try {
    kept = Number(localStorage.getItem(KEPT)) || 0;
  } catch (closed) { /* a browser that keeps nothing prints by itself */ }
  return start.printers.some((each) => each.id === kept) ? kept : 0;
}

function keep(id) {
  try {
    localStorage.setItem(KEPT, String(id));
  } catch (closed) { /* asked again next time */ }
}

/** The choice of printers, where the hall has any. */
export function printerChoice() {
  if (!start.printers.length) return null;
  const chosen = printer();
  const select = h("select", { class: "select", id: "printer" },
    h("option", { value: "0", selected: !chosen }, word("this_computer")),
    start.printers.map(({ id, name, problem }) => h("option", { value: String(id), selected: chosen === id },
      problem ? word("printer_trouble", { name }) : name)));
  select.onchange = () => keep(Number(select.value));
  return h("div", { class: "row desk-printer" }, h("label", { for: "printer" }, word("print_on")), select);
}

/** Print the slip of a ticket (and of its whole visit), on paper of the hall or of this computer. */
export async function print(token) {
  const id = printer();
  if (!id) return byBrowser(token);
  const { name } = start.printers.find((each) => each.id === id);
  try {
    await post(`/api/v1/tickets/${token}/print`, { printer: id });
    toast(word("sent_to", { name }), "good");
  } catch (problem) {
    toast(problem.detail || word("server"), "bad");
  }
  return undefined;
}

/** The slip as a picture: the same words and the same language as from a kiosk. */
export async function byBrowser(token) {
  const picture = h("img", { src: `/api/v1/tickets/${token}/slip.png`, alt: "" });
  byId("slip").replaceChildren(picture);
  try {
    await picture.decode();
    window.print();
  } catch (broken) {
    toast(word("server"), "bad");
  }
}
