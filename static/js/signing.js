/* A signature drawn with finger, pen or mouse, sent with the form as a PNG. Whoever cannot draw signs on paper. */

const pad = document.getElementById("pad");

function begin() {
  const canvas = document.getElementById("signature");
  const drawn = document.getElementById("drawn");
  const hint = document.getElementById("pad-hint");
  const brush = canvas.getContext("2d");
  let last = null;
  let strokes = 0;

  function clear() {
    brush.fillStyle = "#ffffff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    strokes = 0;
    drawn.value = "";
    hint.hidden = false;
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * canvas.width) / box.width,
      y: ((event.clientY - box.top) * canvas.height) / box.height,
    };
  }

  function line(from, to) {
    brush.strokeStyle = "#000000";
    brush.lineWidth = 7;
    brush.lineCap = "round";
    brush.beginPath();
    brush.moveTo(from.x, from.y);
    brush.lineTo(to.x, to.y);
    brush.stroke();
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    line(last, last);
    strokes += 1;
    hint.hidden = true;
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = place(event);
    line(last, next);
    last = next;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      last = null;
      if (strokes) drawn.value = canvas.toDataURL("image/png");
    });
  }
  document.getElementById("clear").addEventListener("click", clear);
  clear();
  pad.hidden = false;
}

if (pad) begin();
