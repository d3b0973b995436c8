/* A field to sign in with finger, pen or mouse. The picture is black on white, whatever the screen shows. */

const WIDTH = 7; // px of the picture, of a line drawn with finger or mouse
const LEAST = 60; // px of the picture: less is a slip of the finger, no signature

/** `signaturePad(canvas, hint, onChange)` answers {clear, empty, picture}. `onChange()` after each stroke and clearing. */
export function signaturePad(canvas, hint, onChange) {
  const brush = canvas.getContext("2d");
  let pen = null; // the pointer that draws: a palm that rests on the glass draws nothing
  let last = null;
  let drawn = 0; // px of line so far

  function wipe() {
    brush.fillStyle = "#ffffff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    drawn = 0;
    pen = null;
    hint.hidden = false;
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * canvas.width) / box.width,
      y: ((event.clientY - box.top) * canvas.height) / box.height,
      thick: event.pointerType === "pen" && event.pressure ? WIDTH * (0.5 + event.pressure) : WIDTH,
    };
  }

  function line(to) {
    brush.strokeStyle = "#000000";
    brush.lineWidth = to.thick;
    brush.lineCap = "round";
    brush.beginPath();
    brush.moveTo(last.x, last.y);
    brush.lineTo(to.x, to.y);
    brush.stroke();
    drawn += Math.hypot(to.x - last.x, to.y - last.y);
    last = to;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pen !== null || event.button > 0) return;
    pen = event.pointerId;
    canvas.setPointerCapture(pen);
    last = place(event);
    line(last);
    hint.hidden = true;
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen) return;
    const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    (between.length ? between : [event]).forEach((one) => line(place(one)));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== pen) return;
      pen = null;
      onChange();
    });
  }
  wipe();
  return {
    clear() { wipe(); onChange(); },
    empty: () => drawn < LEAST,
    picture: () => canvas.toDataURL("image/png"),
  };
}
