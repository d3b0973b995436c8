/* Type to find, arrows to choose: a text field with a list below it (ARIA combobox). */

import { word } from "./words.js";

/** `find(text)` answers [{key, text, more}] or a promise of it; `onChoose(option)` when one is taken by Enter or click.
    `onMark(option)` hears which one is marked. Returns {reset, marked, focus}. */
export function picker(id, find, onChoose, onMark) {
  const input = document.getElementById(id);
  const list = document.getElementById(id + "-list");
  let options = [];
  let at = -1;
  let asked = 0;

  function mark(index) {
    at = options.length && index !== null ? (index + options.length) % options.length : -1;
    Array.from(list.children).forEach((row, n) => row.setAttribute("aria-selected", String(n === at)));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", id + "-" + at);
      list.children[at].scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
    if (onMark) onMark(options[at] || null);
  }

  function rowOf(option, index) {
    const row = document.createElement("li");
    row.id = id + "-" + index;
    row.setAttribute("role", "option");
    row.appendChild(textOf(option.text, "grow"));
    if (option.more) row.appendChild(textOf(option.more, "quiet small"));
    row.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    row.addEventListener("click", () => {
      mark(index);
      onChoose(option, "click");
    });
    return row;
  }

  function show(found, typed) {
    options = found;
    list.replaceChildren(...found.map(rowOf));
    if (!found.length && typed) list.replaceChildren(empty());
    mark(typed ? 0 : null); // nothing is chosen for somebody who did not type
  }

  function empty() {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.setAttribute("aria-disabled", "true");
    row.textContent = word("nothing_found");
    return row;
  }

  async function look() {
    asked += 1;
    const mine = asked;
    const typed = input.value.trim();
    const found = await find(typed);
    if (mine === asked) show(found, typed !== "");
  }

  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
    } else if (event.key === "Enter" && !event.isComposing && options[at]) {
      if (onChoose(options[at], "enter") === false) event.preventDefault();
    }
  });
  return {
    reset() {
      input.value = "";
      return look();
    },
    marked: () => options[at] || null,
    focus: () => input.focus(),
  };
}

/** A span with a text and a class. */
export function textOf(text, css) {
  const part = document.createElement("span");
  if (css) part.className = css;
  part.textContent = text;
  return part;
}
