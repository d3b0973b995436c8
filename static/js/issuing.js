/* The issue window by keyboard: Alt W to the console; in the list, arrows walk through the rows and / searches. */

const find = document.getElementById("field-q");
const away = document.getElementById("to-window");
const ways = Array.from(document.querySelectorAll(".issuing-table a.button"));

function walk(step) {
  const next = ways.indexOf(document.activeElement) + step;
  (next < 0 ? find : ways[Math.min(next, ways.length - 1)]).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.altKey) {
    if (event.code !== "KeyW" || !away) return;
    location.href = away.href;
  } else if (step && find && ways.length) walk(step);
  else if (event.key === "/" && find && document.activeElement !== find) find.select();
  else return;
  event.preventDefault();
});
document.documentElement.dataset.keys = "on";
