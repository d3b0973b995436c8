/* What the page shows around the form: matter, offices, what is spared, choosing, and what was received. */

import { get } from "./api.js";
import { picker } from "./console-pick.js";
import { byId, h, start } from "./form-parts.js";
import { officeOf } from "./form-papers.js";
import { hhmm } from "./time.js";
import { nameOf, word } from "./words.js";

const VIEWS = ["choose", "filling", "done"];
const GOOD = { case_accepted: "done", case_not_accepted: "late", case_correction: "pause" };

/** Which of the three views is seen. */
export function view(name) {
  VIEWS.forEach((id) => { byId(id).hidden = id !== name; });
  byId("change-matter").hidden = name !== "filling";
  byId("saved").hidden = name !== "filling";
}

/** The matter, its offices in order, and what one form spares (I6). */
export function showMatter(form) {
  byId("matter").textContent = nameOf({ name: form.matter_name, name_en: form.matter_name_en });
  const spared = form.spared;
  const numbers = [
    spared.visits_before ? [word("visits"), word("from_to", { before: spared.visits_before, after: spared.visits_after })] : null,
    form.items.length > 1 ? [word("papers"), word("from_to", { before: spared.papers_before, after: spared.papers_after })] : null,
    spared.papers_reused ? [word("reused"), String(spared.papers_reused)] : null,
  ].filter(Boolean);
  const several = form.items.length > 1;
  byId("offices").hidden = !several && !numbers.length;
  byId("offices").replaceChildren(
    several ? h("ol", { class: form.in_turn ? "turn" : "", "aria-label": word(form.in_turn ? "in_turn" : "side_by_side") }, form.items.map((item, n) => h("li", { class: item.withdrawn ? "gone" : "" },
      h("strong", {}, form.in_turn ? (n + 1) + ". " + officeOf(item) : officeOf(item)), " ", nameOf(item),
      item.withdrawn && h("span", { class: "badge late" }, word("withdrawn"))))) : "",
    h("dl", { class: "spared" }, numbers.map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said)))),
  );
}

/** Choosing a matter, by typing as at the kiosk; `chosen({item} or {bundle}, name)`. */
export function chooser(chosen) {
  const find = async (typed) => {
    const query = "/catalogue?limit=12" + (typed ? "&q=" + encodeURIComponent(typed) : "");
    const found = await get("/api/v1/sites/" + encodeURIComponent(start.site) + query);
    return found.map((row) => ({
      key: row.code, kind: row.type, text: nameOf(row),
      more: row.type === "bundle" ? word("bundle") : officeOf(row) + " · " + row.code,
    }));
  };
  return picker("matter-find", find, (option) => chosen({ [option.kind]: option.key }, option.text));
}

/** Half-filled forms of this window; `go(form)` goes on with one. */
export function showDrafts(forms, go) {
  byId("drafts").hidden = !forms.length;
  byId("draft-list").replaceChildren(...forms.map((form) => h("li", {}, h("button", { type: "button", class: "button wide", on: () => go(form) },
    h("span", { class: "grow" }, nameOf({ name: form.matter_name, name_en: form.matter_name_en })),
    h("span", { class: "quiet" }, [form.name || word("nobody_named"), form.ticket ? word("of_ticket", { number: form.ticket }) : ""].filter(Boolean).join(" · "))))));
}

/** Count a printing of the receipt and print it in a window of its own; the way back is next. */
function print(form) {
  const sheet = byId("print");
  sheet.action = "/forms/" + encodeURIComponent(form.token) + "/receipt";
  sheet.submit();
  byId("to-window").focus();
}

function received(form, nth) {
  return h("article", { class: "form-received" },
    h("div", { class: "row-apart" },
      h("h3", {}, nameOf({ name: form.matter_name, name_en: form.matter_name_en }), " ", h("span", { class: "quiet" }, form.name)),
      h("div", { class: "buttons" },
        h("a", { class: "button", href: "/forms/" + encodeURIComponent(form.token) + "/receipt", target: "_blank", rel: "noopener" }, word("see_receipt")),
        h("button", { type: "button", class: "button print" + (nth ? "" : " primary"), on: () => print(form) }, word("print_receipt"), !nth && [" ", h("kbd", { "aria-hidden": "true" }, "P")]))),
    h("ul", { role: "list" }, form.cases.map((one) => {
      const state = "case_" + one.state;
      return h("li", { "data-case": one.token },
        h("strong", { class: "number" }, one.number), h("span", { class: "grow" }, nameOf({ name: one.item_name, name_en: one.item_name_en })),
        h("span", {}, officeOf(one)), h("span", { class: "badge " + (GOOD[state] || "wait") }, word(state)));
    })));
}

/** What was received for this visit, newest first. */
export function showReceived(forms) {
  byId("done-forms").replaceChildren(...forms.map(received));
}

/** Whether everything typed is safe. */
export function showSaved(state) {
  const place = byId("saved");
  place.dataset.state = { saving: "connecting", unsaved: "offline", refused: "stale" }[state] || "online";
  place.textContent = word(state, { time: hhmm(new Date()) });
}
