/* Booking at a kiosk aloud, for the one person who asked for it (E1): each page's step, the slip, a lost server. */

const OF_PAPER = { printed: "booked-slip", held: "booked", doubtful: "help" };

let voice = null;
let last = null;

/** Say the step of the page that stands there, or `step`; the same one of the same page only once. */
export async function spoken(step) {
  const block = document.getElementById("voice");
  const name = block && (step || document.getElementById("main").dataset.say);
  if (!name || (last && last.block === block && last.name === name)) return;
  last = { block, name };
  const { lang, volume, prompts } = JSON.parse(block.textContent);
  if (!voice) {
    const { createVoice } = await import("./voice.js");
    voice = voice || createVoice({ volume });
  }
  if (last.block === block && last.name === name) voice.say(lang, name, prompts[name]);
}

document.addEventListener("kiosk:paper", ({ detail }) => OF_PAPER[detail] && spoken(OF_PAPER[detail]));
