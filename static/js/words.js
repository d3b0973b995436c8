/* The words of this page, in the reader's language: rendered by the server as data, so that scripts hold no text.
   Syntax of all modules here: what browsers of 2018 understand, because phones and televisions live long. */

const language = document.documentElement.lang || "zh-CN";
let known = null;

function words() {
  if (known === null) {
    const block = document.getElementById("words");
    known = block ? JSON.parse(block.textContent) : {};
  }
  return known;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (blank, name) => (values && name in values ? String(values[name]) : blank));
}

/** The text of a key, its {blanks} filled. An unknown key is shown as it is, so that it is noticed. */
export function word(key, values) {
  const text = words()[key];
  if (text && typeof text === "object") return plural(key, values && values.n, values);
  return typeof text === "string" ? fill(text, values) : key;
}

/** A text that depends on a count: the page gives {one, other}; {n} is the count. */
export function plural(key, n, values) {
  const forms = words()[key];
  if (!forms || typeof forms !== "object") return word(key, Object.assign({ n }, values));
  const form = typeof Intl.PluralRules === "function" ? new Intl.PluralRules(language).select(Number(n)) : "other";
  return fill(forms[form] || forms.other, Object.assign({ n }, values));
}

/** Whether the page has a text for this key. */
export function has(key) {
  return key in words();
}

/** "zh" or "en". */
export const lang = language.slice(0, 2) === "en" ? "en" : "zh";

/** The name in the reader's language, Chinese where there is no other. */
export function nameOf(thing, field) {
  const name = field || "name";
  return (lang === "en" && thing[name + "_en"]) || thing[name] || "";
}
