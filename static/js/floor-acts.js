/* What a manager does on the floor, each in a dialog: errors at the field and at the top, what was typed stays. */

import { post } from "./api.js";
import { ending, nextMoment } from "./floor-view.js";
import { h } from "./kiosk-dom.js";
import { hhmm, now } from "./time.js";
import { toast } from "./toast.js";
import { nameOf, plural, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const api = (...parts) => "/api/v1/" + parts.map(encodeURIComponent).join("/");
const inputs = { until: "field-until", line: "field-line", reason: "field-reason", text: "field-text", text_en: "field-text_en",
  stop_reason: "field-stop_reason" };

/** `look()` answers the state that is shown; `site` is the code of the hall. Returns what the page's keys do. */
export function createActs(site, look) {
  let chosen = null;
  let lastDay = "";

  const lineOf = (code) => look().lines.find((line) => line.code === code);

  function lend(window) {
    chosen = window;
    byId("lend-title").textContent = nameOf(window) + (window.staff_name ? " · " + window.staff_name : "");
    const free = look().lines.filter((line) => window.lines[0] !== line.code);
    byId("field-line").replaceChildren(byId("field-line").options[0],
      ...free.map((line) => h("option", { value: line.code }, line.prefix + " " + nameOf(line))));
    byId("field-line").value = "";
    byId("field-until").value = inMinutes(60);
    byId("lend-loans").replaceChildren(...window.loans.map((loan) => h("div", { class: "note" },
      h("span", { class: "grow" }, word("lent_until", { line: nameOf(lineOf(loan.line) || { name: loan.line }), time: hhmm(loan.until) })),
      h("button", { class: "button", type: "button", on: () => endLoan(window, loan) }, word("end_loan")))));
    open("lend-dialog");
  }

  async function endLoan(window, loan) {
    await attempt(byId("lend-form"), async () => {
      await post(api("windows", window.code, "end-loan"), { line: loan.line });
      return word("did_end_loan");
    });
  }

  async function line(given, verb) {
    chosen = given;
    if (verb === "reopen") {
      try {
        await post(api("lines", given.code, "reopen"));
        toast(word("did_reopen", { line: nameOf(given) }), "good");
      } catch (problem) {
        toast(problem.detail || word("server"), "bad");
      }
      return;
    }
    byId("stop-title").textContent = word("stop_line", { line: nameOf(given) });
    byId("field-reason").value = "";
    open("stop-dialog");
  }

  async function withdraw(notice) {
    try {
      await post(api("notices", notice.id, "withdraw"));
      toast(word("did_withdraw"), "good");
    } catch (problem) {
      toast(problem.detail || word("server"), "bad");
    }
  }

  const sends = {
    "lend-form": async () => {
      const until = nextMoment(byId("field-until").value);
      await post(api("windows", chosen.code, "lend"), { line: byId("field-line").value, until });
      return word("did_lend", { window: nameOf(chosen), time: byId("field-until").value });
    },
    "stop-form": async () => {
      await post(api("lines", chosen.code, "stop"), { reason: byId("field-reason").value });
      return word("did_stop", { line: nameOf(chosen) });
    },
    "notice-form": async () => {
      const until = nextMoment(byId("field-notice_until").value) || null;
      await post(api("sites", site, "notices"), { text: byId("field-text").value, text_en: byId("field-text_en").value, until });
      byId("notice-form").reset();
      return word("did_post");
    },
    "end-form": async () => {
      const stop_reason = byId("field-stop").checked ? byId("field-stop_reason").value : null;
      const done = await post(api("sites", site, "end-day"), { business_date: lastDay, stop_reason });
      return plural("did_end", done.unserved);
    },
  };

  /** Keep the count of the dialog that ends the day up to date. */
  function refresh() {
    const found = ending(look());
    lastDay = look().business_date;
    byId("end-count").textContent = found.n ? plural("will_unserved", found.n, found) : word("will_none");
    byId("end-served").textContent = found.at_windows ? plural("still_served", found.at_windows) : "";
  }

  Object.keys(sends).forEach((id) => byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(byId(id), sends[id]);
  }));
  document.querySelectorAll("[data-dialog]").forEach((key) => key.addEventListener("click", () => open(key.dataset.dialog)));
  document.querySelectorAll("[data-close]").forEach((key) => key.addEventListener("click", () => key.closest("dialog").close()));
  document.querySelectorAll("[data-minutes]").forEach((key) => key.addEventListener("click", () => {
    byId("field-until").value = inMinutes(Number(key.dataset.minutes));
  }));
  document.querySelectorAll("[data-reason]").forEach((key) => key.addEventListener("click", () => {
    byId("field-reason").value = key.dataset.reason;
  }));
  byId("field-stop").addEventListener("change", () => { byId("field-stop_reason").disabled = !byId("field-stop").checked; });
  return { lend, line, withdraw, refresh };
}

/** So many minutes on, to the next five; at the latest the turn of the business date, which ends every loan. */
function inMinutes(minutes) {
  const wanted = Math.ceil((now().getTime() + minutes * 60000) / 300000) * 300000;
  return hhmm(new Date(Math.min(wanted, Date.parse(nextMoment("04:00")))));
}

function open(id) {
  clear(byId(id).querySelector("form"));
  byId(id).showModal();
}

function clear(form) {
  form.querySelector("[data-summary]").replaceChildren();
  form.querySelectorAll(".field.wrong").forEach((field) => field.classList.remove("wrong"));
  form.querySelectorAll(".wrong-text").forEach((text) => text.remove());
  form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
}

async function attempt(form, send) {
  const key = form.querySelector("[type=submit]");
  if (key.disabled) return;
  key.disabled = true;
  clear(form);
  try {
    toast(await send(), "good");
    form.closest("dialog").close();
  } catch (problem) {
    tell(form, problem);
  }
  key.disabled = false;
}

function tell(form, problem) {
  const rows = [];
  Object.entries(problem.errors || {}).forEach(([name, messages]) => {
    const input = form.querySelector("#" + (inputs[name] || "none"));
    const target = input || (name === "until" ? form.querySelector("#field-notice_until") : null);
    messages.forEach((message) => rows.push(target ? h("a", { href: "#" + target.id }, message) : message));
    if (target) mark(target, messages[0]);
  });
  const said = rows.length ? rows : [problem.detail || word("server")];
  const box = h("div", { class: "summary", role: "alert", tabindex: "-1" }, h("h2", {}, word("check")),
    h("ul", {}, ...said.map((row) => h("li", {}, row))));
  form.querySelector("[data-summary]").replaceChildren(box);
  box.focus();
}

function mark(input, message) {
  const field = input.closest(".field");
  field.classList.add("wrong");
  input.setAttribute("aria-invalid", "true");
  const id = "error-" + input.id;
  field.append(h("span", { class: "wrong-text", id }, message));
  input.setAttribute("aria-describedby", id);
}
