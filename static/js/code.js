/* How long a code is still good, beside it. */

const left = document.getElementById("left");
const until = new Date(left.dataset.until).getTime();

function show() {
  const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
  const time = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  left.textContent = " " + left.dataset.text.replace("{time}", time);
}

show();
setInterval(show, 1000);
