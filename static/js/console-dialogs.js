/* The console's dialogs: each asks what a command still needs, sends it, and says at the place what was wrong. */

import { picker, textOf } from "./console-pick.js";
import { get } from "./api.js";
import { nameOf, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const chosen = (dialog) => (dialog.querySelector("[name=reason]:checked") || {}).value;
const noteOf = (dialog) => (dialog.querySelector("[name=note]") || { value: "" }).value.trim();

function wrong(dialog, text) {
  const place = dialog.querySelector(".wrong-text");
  place.textContent = text;
  place.hidden = !text;
}

function digits(event) {
  if (event.target.matches("input[type=text], input:not([type]), select, textarea") || !/^[1-9]$/.test(event.key)) return;
  const radio = event.currentTarget.querySelectorAll("[type=radio]")[Number(event.key) - 1];
  if (radio) {
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** `send(verb, body)` performs a command and answers "" or what was wrong; `state()` is the window's present state. */
export function dialogs(start, send, state, taken) {
  const ends = new Map(); // id → what the submit does; answers a promise of "" or a text
  let done = [];

  function setUp(id, submit) {
    const dialog = byId(id);
    ends.set(id, submit);
    dialog.addEventListener("keydown", digits);
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      if (dialog.dataset.busy) return;
      dialog.dataset.busy = "1";
      wrong(dialog, "");
      const trouble = await submit(dialog);
      delete dialog.dataset.busy;
      if (trouble) wrong(dialog, trouble);
      else dialog.close();
    });
  }

  const targets = (withLines) => (typed) => {
    const small = typed.toLowerCase();
    const match = (row, ...keys) => !small || [row.name, row.name_en, ...keys].some((part) => String(part || "").toLowerCase().indexOf(small) !== -1);
    const windows = start.windows.filter((row) => match(row, row.number)).map((row) => ({ key: row.code, kind: "window", text: nameOf(row), exact: String(row.number) === small }));
    const lines = withLines ? start.lines.filter((row) => match(row, row.prefix)).map((row) => ({ key: row.code, kind: "line", text: nameOf(row), more: row.prefix, exact: row.prefix.toLowerCase() === small })) : [];
    return lines.concat(windows).sort((a, b) => Number(b.exact) - Number(a.exact));
  };

  // Transfer
  const sayTarget = (option) => { byId("dialog-transfer").querySelector("[type=submit]").firstChild.textContent = option ? word("transfer_to", { name: option.text }) + " " : word("transfer") + " "; };
  const transferTo = picker("transfer-to", targets(true), () => true, sayTarget);
  setUp("dialog-transfer", (dialog) => {
    const to = transferTo.marked();
    if (!to) return Promise.resolve(word("target_needed"));
    return send("transfer", { [to.kind]: to.key, note: noteOf(dialog) }, "done_transferred");
  });

  setUp("dialog-hold", (dialog) => send("hold", { reason: chosen(dialog), note: noteOf(dialog) }, "done_held"));
  setUp("dialog-pause", (dialog) => send("pause", { reason: chosen(dialog) }));
  setUp("dialog-keys", () => Promise.resolve(""));
  setUp("dialog-call", (dialog) => {
    const number = byId("call-number").value.trim();
    if (!number) return Promise.resolve(word("number_needed"));
    return send("call", { ticket: number, reason: chosen(dialog), note: noteOf(dialog) });
  });

  // Close, with tickets on hold
  const closeTo = picker("close-to", targets(false), () => true);
  setUp("dialog-close", async (dialog) => {
    const to = closeTo.marked();
    if (!to) return word("target_needed");
    return (await send("hand-over", { to_window: to.key, note: noteOf(dialog) }, "done_handed")) || send("close");
  });
  byId("close-keep").addEventListener("click", async () => {
    const trouble = await send("close");
    if (trouble) wrong(byId("dialog-close"), trouble);
    else byId("dialog-close").close();
  });

  // Finish with details
  async function findItems(typed) {
    if (!typed) return [];
    try {
      const found = await get("/api/v1/sites/" + encodeURIComponent(start.window.site) + "/catalogue?limit=8&q=" + encodeURIComponent(typed));
      return found.filter((row) => row.type === "item").map((row) => ({ key: row.code, text: nameOf(row), more: row.code, name: nameOf(row) }));
    } catch (problem) {
      return [{ key: typed, text: word("by_code", { code: typed }), name: typed }];
    }
  }
  const item = picker("finish-item", findItems, (option) => {
    const known = done.find((row) => row.code === option.key);
    if (known) known.count += 1;
    else done.push({ code: option.key, count: 1, name: option.name });
    showDone();
    item.reset();
    return false;
  });
  setUp("dialog-finish", (dialog) => {
    const items = done.map((row) => ({ code: row.code, count: row.count }));
    return send("finish", { outcome: chosen(dialog), items }, "done_finished");
  });

  function showDone() {
    byId("finish-items").replaceChildren(...done.map((row) => {
      const entry = document.createElement("li");
      const step = (sign, text, by) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button square";
        button.textContent = sign;
        button.setAttribute("aria-label", text);
        button.addEventListener("click", () => {
          row.count += by;
          done = done.filter((one) => one.count > 0);
          showDone();
          byId("finish-item").focus();
        });
        return button;
      };
      entry.append(textOf(row.name, "grow"), step("−", word("fewer", { name: row.name }), -1), textOf(String(row.count), "number count"), step("+", word("more", { name: row.name }), 1));
      return entry;
    }));
  }

  /** How it most likely ended: with papers received where a form was (I1), else done. */
  function propose(dialog) {
    done = usual();
    showDone();
    const proposed = dialog.querySelector("[name=reason][value=" + taken.outcome() + "]");
    if (!proposed) return;
    proposed.checked = true;
    if (dialog.contains(document.activeElement) && document.activeElement.type === "radio") proposed.focus();
  }
  let touched = false;
  ["input", "click", "keydown"].forEach((kind) => byId("dialog-finish").addEventListener(kind, () => { touched = true; }));

  /** What the ticket was drawn for counts once, unless the clerk says otherwise. */
  function usual() {
    const cases = taken.items();
    if (cases.length) return cases.map((row) => ({ code: row.code, count: 1, name: nameOf(row) }));
    const more = state().at_hand;
    return more && more.item ? [{ code: more.item, count: 1, name: nameOf({ name: more.matter, name_en: more.matter_en }) }] : [];
  }

  function open(id, given) {
    const dialog = byId(id);
    if (document.querySelector("dialog[open]")) return;
    wrong(dialog, "");
    dialog.querySelector("form").reset();
    if (id === "dialog-transfer") transferTo.reset();
    if (id === "dialog-close") {
      closeTo.reset();
      byId("close-held").textContent = state().held.join("  ");
    }
    if (id === "dialog-finish") {
      item.reset();
      propose(dialog);
      touched = false;
      taken.look().then(() => { if (dialog.open && !touched) propose(dialog); });
    }
    if (id === "dialog-call") byId("call-number").value = (given && given.number) || "";
    dialog.showModal();
    const first = dialog.querySelector(given && given.number ? "[type=radio]:checked" : "[role=combobox], input:not([type=radio]), [type=radio]:checked");
    if (id === "dialog-finish" || id === "dialog-hold") dialog.querySelector("[type=radio]:checked").focus();
    else if (first) first.focus();
  }

  return { open, usual: () => usual().map((row) => ({ code: row.code, count: row.count })), wrong, setUp };
}
