/* The large keys: for devices that have no keyboard. */

const code = document.getElementById("field-code");
const keys = document.getElementById("keys");

keys.hidden = false;
keys.addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (!key) return;
  if (key.dataset.digit && code.value.length < 6) code.value += key.dataset.digit;
  if ("back" in key.dataset) code.value = code.value.slice(0, -1);
  if ("clear" in key.dataset) code.value = "";
});
