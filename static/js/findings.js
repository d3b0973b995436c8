// A file that is too large is said so before it is sent.
import { word } from "./words.js";

for (const field of document.querySelectorAll("input[data-most]")) {
  field.addEventListener("change", () => {
    const file = field.files[0];
    field.setCustomValidity(file && file.size > Number(field.dataset.most) ? word("too_large") : "");
    field.reportValidity();
  });
}
document.documentElement.dataset.keys = "on";
