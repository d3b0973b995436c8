/* Who asks, and how: fields that follow what is saved and tell what is typed. */

import { post } from "./api.js";
import { byId, start } from "./form-parts.js";
import { word } from "./words.js";

const NUMBERS = { number: "number_kind", agent_number: "agent_number_kind" };
const LATER = 350; // ms after the last sign until a number is looked at
const WAYS = [
  ["name", "number", "phone", "agent_name", "agent_number", "mandate_scope", "mandate_until"],
  ["subject", "remarks", "address"],
];
const room = byId("fields");
const inputs = () => Array.from(room.querySelectorAll("[name]"));
const value = (name) => {
  const found = inputs().filter((input) => input.name === name);
  const chosen = found.length > 1 ? found.find((input) => input.checked) : found[0];
  return chosen ? chosen.value : "";
};

function put(name, text) {
  inputs().filter((input) => input.name === name).forEach((input) => {
    if (input.type === "radio") input.checked = input.value === text;
    else if (input !== document.activeElement && input.value !== text) input.value = text;
  });
}

function kindsOf(party) {
  const select = byId("field-number_kind");
  const before = select.value;
  if (select.dataset.party !== party) {
    select.dataset.party = party;
    select.replaceChildren(...start.kinds[party].map((kind) => new Option(word("kind_" + kind), kind)));
    if (start.kinds[party].indexOf(before) !== -1) select.value = before;
  }
}

function shape() {
  byId("agent").hidden = !byId("with-agent").checked;
  byId("posting").hidden = value("delivery") !== "post";
  byId("field-number").disabled = value("number_kind") === "none_yet";
}

/** Show messages by field; {} clears them all, `only` that of one field. */
export function showErrors(errors, only) {
  room.querySelectorAll(only ? "[data-field=" + only + "]" : "[data-field]").forEach((field) => {
    const said = (errors[field.dataset.field] || [])[0] || "";
    const place = byId("error-" + field.dataset.field); // what is said of a number while it is typed looks the same
    const live = byId("said-" + field.dataset.field);
    if (said && live) live.textContent = "";
    field.classList.toggle("wrong", Boolean(said));
    field.querySelectorAll("input, select").forEach((input) => {
      if (said) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
    if (place) {
      place.textContent = said;
      place.hidden = !said;
    }
  });
}

async function look(name) {
  const place = byId("said-" + name);
  const typed = value(name);
  place.textContent = "";
  place.className = "hint";
  if (!typed) return;
  const party = name === "number" ? value("party") : "person";
  try {
    const found = await post("/api/v1/numbers/check", { party, number_kind: value(NUMBERS[name]), number: typed });
    if (value(name) !== typed) return;
    if (!found.fault) showErrors({}, name);
    else if (!byId("error-" + name).hidden) return; // told already
    place.className = found.fault ? "wrong-text" : "hint good-text";
    place.textContent = found.fault || (found.hint ? word("number_hint", { hint: found.hint }) : word("number_good"));
  } catch (problem) {
    place.textContent = ""; // receiving checks it again
  }
}

/** The field that Enter leads to: the next one that most forms need; none after the last. */
function after(name) {
  const way = WAYS.find((names) => names.indexOf(name) !== -1) || [];
  return way.slice(way.indexOf(name) + 1).map((next) => byId("field-" + next)).find((input) => !input.disabled && input.offsetParent);
}

/** `told(name, value)` hears each change, `ended()` an Enter in the last field. Returns {show, begin}. */
export function fields(told, ended) {
  let timer = 0;

  function key(event) {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || !event.target.matches("input.input")) return;
    event.preventDefault();
    const next = after(event.target.name);
    if (next) next.focus();
    else ended();
  }

  function heard(event) {
    const name = event.target.name;
    if (!name) return;
    showErrors({}, name); // what is being put right is not wrong any more
    if (name === "party") {
      kindsOf(value("party"));
      told("number_kind", value("number_kind"));
    }
    told(name, name === "mandate_until" ? event.target.value || null : event.target.value);
    shape();
    const number = Object.keys(NUMBERS).find((known) => known === name || NUMBERS[known] === name || name === "party");
    if (number) {
      clearTimeout(timer);
      timer = setTimeout(() => look(number), LATER);
    }
  }

  room.addEventListener("input", heard);
  room.addEventListener("keydown", key);
  room.addEventListener("submit", (event) => event.preventDefault());
  byId("with-agent").addEventListener("change", (event) => {
    if (!event.target.checked) {
      ["agent_name", "agent_number", "mandate_scope"].forEach((name) => { put(name, ""); told(name, ""); });
      put("mandate_until", "");
      told("mandate_until", null);
    }
    shape();
    if (event.target.checked) byId("field-agent_name").focus();
  });
  return {
    /** The form as it is saved; what is being typed stays. */
    show(form, pending) {
      kindsOf(form.party);
      inputs().map((input) => input.name).filter((name) => name in form && !pending(name)).forEach((name) => put(name, form[name] || ""));
      byId("collecting").hidden = form.items.length < 2;
      shape();
    },
    begin(form) {
      kindsOf(form.party);
      inputs().forEach((input) => {
        if (input.type === "radio") input.checked = input.value === form[input.name];
        else input.value = form[input.name] || "";
      });
      byId("with-agent").checked = Boolean(form.agent_name || form.agent_number || form.mandate_scope);
      shape();
      Object.keys(NUMBERS).forEach(look);
    },
  };
}
