/* The secret address of a calendar goes to the clipboard by a touch. */

import { toast } from "./toast.js";

const address = document.getElementById("field-address");
const key = document.getElementById("copy");

key.addEventListener("click", async () => {
  address.select();
  try {
    await navigator.clipboard.writeText(address.value);
  } catch (refused) {
    document.execCommand("copy"); // a hall's own network often has no https, and then no clipboard
  }
  toast(key.dataset.said, "good");
});
