/* Calls aloud, one after the other: Chinese twice, then English where the hall wants it. */

const DIGITS = "零一二三四五六七八九";
const line = []; // announcements that wait for the one being spoken
let speaking = false;

const spelled = (text) => text.replace(/\d/g, (digit) => DIGITS[digit]);

function sentences(call, settings) {
  const chinese = "请" + spelled(call.number) + "号，到" + call.area + call.window_name;
  const said = [{ lang: "zh-CN", text: chinese }, { lang: "zh-CN", text: chinese }];
  if (settings.english === "1") {
    said.push({ lang: "en", text: "Number " + call.number.split("").join(" ") + ", window " + call.window_number });
  }
  return said;
}

function speak(sentence, volume) {
  return new Promise((done) => {
    const voices = window.speechSynthesis;
    if (!voices || !voices.getVoices().some((voice) => voice.lang.slice(0, 2) === sentence.lang.slice(0, 2))) return done();
    const said = new SpeechSynthesisUtterance(sentence.text);
    said.lang = sentence.lang;
    said.volume = volume;
    said.onend = said.onerror = done;
    setTimeout(done, 15000); // some browsers never tell the end
    voices.speak(said);
  });
}

async function next() {
  speaking = true;
  while (line.length) {
    const { call, settings } = line.shift();
    for (const sentence of sentences(call, settings)) await speak(sentence, Number(settings.volume || 100) / 100);
  }
  speaking = false;
}

/** Speak this call after those before it. */
export function announce(call, settings) {
  document.dispatchEvent(new CustomEvent("hall:announce", { detail: call }));
  line.push({ call, settings });
  if (!speaking) next();
}
