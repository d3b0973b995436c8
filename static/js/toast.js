/* A short message at the foot of the page, read aloud; it leaves by itself, errors stay longer. */

import { word } from "./words.js";

const STAYS = { good: 5000, "": 6000, bad: 12000 };

/** kind: "", "good" or "bad". `action` {text, run} adds a button, such as undo. Returns a function that takes it away. */
export function toast(text, kind, action) {
  const room = document.getElementById("toasts");
  const box = document.createElement("div");
  box.className = "toast " + (kind || "");
  const said = document.createElement("span");
  said.className = "grow";
  said.textContent = text;
  box.appendChild(said);
  const leave = () => box.remove();
  box.appendChild(button(action ? action.text : word("close"), () => {
    leave();
    if (action) action.run();
  }));
  room.appendChild(box);
  while (room.children.length > 3) room.firstElementChild.remove();
  setTimeout(leave, STAYS[kind || ""] || STAYS[""]);
  return leave;
}

function button(text, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = text;
  made.addEventListener("click", run);
  return made;
}
