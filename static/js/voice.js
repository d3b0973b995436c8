/* Calls aloud (Q12): chime, Chinese twice, then English where the hall wants it; two calls never talk over each other.
   The hall's own recordings come first, then a Chinese voice of the browser, then the sound files of the hall. */

import { audible, load, play, rest, setVolume, wakeOnTouch } from "./sound.js";
import { hhmm, now } from "./time.js";

const BETWEEN = 450; // ms between two sentences
const CROWD = 3; // so many calls waiting to be spoken: English is left out until the line is short again
const LOST = 5 * 60000; // a call that could not be spoken for so long is spoken no more
const BROWSER_PACE = 0.9; // a little slower than a browser speaks
const PATIENCE = 350; // ms a character: some browsers never tell the end of a sentence
const SOUNDS_KEPT = 30 * 60000;

/** options: chime (address of a sound), english (bool), volume (0 to 1), muteFrom and muteUntil ("HH:MM" in the site's
    zone, empty for never), onSpeak(item or null), onSound(running). Answers {announce, say, waiting, settle}. */
export function createVoice(options) {
  const voice = { wish: Object.assign({ english: true, volume: 1 }, options), line: [], speaking: false };
  setVolume(voice.wish.volume);
  wakeOnTouch(voice.wish.onSound);
  if (window.speechSynthesis) window.speechSynthesis.getVoices(); // some browsers load their list at the first question
  known();
  return {
    /** Speak a call after those before it: {key, zh: {text, fragments}, en: {…}}. The same key waits only once. */
    announce: (call) => queue(voice, Object.assign({ kind: "call" }, call)),
    /** Speak one step of the kiosk in one language: `step` names a sound such as "choose", `text` says the same. */
    say: (language, step, text) => hush(voice, { kind: "step", key: step, language, text, fragments: [language + "/say-" + step] }),
    /** How many wait to be spoken. */
    waiting: () => voice.line.length,
    /** Change options later, for example volume or mute hours. */
    settle: (changed) => {
      Object.assign(voice.wish, changed);
      setVolume(voice.wish.volume);
    },
  };
}

function queue(voice, item) {
  voice.line = voice.line.filter((other) => other.key !== item.key);
  voice.line.push(Object.assign(item, { since: Date.now() }));
  if (!voice.speaking) speakLine(voice);
}

function hush(voice, item) {
  voice.line = voice.line.filter((other) => other.kind !== "step"); // an older step no longer helps
  if (window.speechSynthesis && voice.speaking) window.speechSynthesis.cancel();
  queue(voice, item);
}

async function speakLine(voice) {
  voice.speaking = true;
  while (voice.line.length) {
    const item = voice.line.shift();
    const late = Date.now() - item.since > LOST;
    if (late || (item.kind === "call" && inMuteHours(voice.wish))) continue;
    if (voice.wish.onSpeak) voice.wish.onSpeak(item);
    try {
      await (item.kind === "call" ? speakCall(voice, item) : utter(voice, item.language, item));
    } catch (broken) {
      setTimeout(() => { throw broken; }); // shown, but the next call is spoken all the same
    }
  }
  voice.speaking = false;
  if (voice.wish.onSpeak) voice.wish.onSpeak(null);
}

async function speakCall(voice, call) {
  if (voice.wish.chime) await play([voice.wish.chime]);
  await utter(voice, "zh", call.zh);
  await rest(BETWEEN);
  await utter(voice, "zh", call.zh);
  if (voice.wish.english && call.en && voice.line.length < CROWD) {
    await rest(BETWEEN);
    await utter(voice, "en", call.en);
  }
}

/** Whether announcements are silent now: from until, also over midnight; equal times mean never. */
export function inMuteHours(wish, at) {
  const from = wish.muteFrom;
  const until = wish.muteUntil;
  if (!from || !until || from === until) return false;
  const time = hhmm(at || now());
  return from < until ? from <= time && time < until : from <= time || time < until;
}

async function utter(voice, language, said) {
  const sounds = await known();
  const speaker = sounds.own ? null : browserVoice(language);
  if (speaker) return speakText(said.text, speaker, voice.wish.volume);
  if (audible() && sounds.sounds) return play(addresses(said.fragments, sounds.sounds));
  return false;
}

/** Which sounds to play: `a|b` is the first that there is, `_N` is silence of N ms, an unknown one is left out. */
export function addresses(fragments, sounds) {
  const parts = fragments.map((fragment) => {
    if (fragment.charAt(0) === "_") return Number(fragment.slice(1));
    const name = fragment.split("|").find((choice) => choice === "" || choice in sounds);
    return name ? sounds[name] : null;
  });
  return parts.filter((part) => part !== null);
}

let catalogue = null;
let asked = 0;

/** The list of sounds, kept half an hour; the old one stays where the server cannot be reached. */
function known() {
  if (!catalogue || Date.now() - asked > SOUNDS_KEPT) {
    const before = catalogue;
    asked = Date.now();
    catalogue = fetch("/voice/sounds.json", { cache: "no-store" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error("no list"))))
      .then(prepare)
      .catch(() => {
        asked = Date.now() - SOUNDS_KEPT + 10000; // again in ten seconds
        return before || { own: false, sounds: null };
      });
  }
  return catalogue;
}

/** Load the sounds of numbers beforehand, so that a call is spoken at once, also when the network is slow. */
function prepare(list) {
  const parts = Object.keys(list.sounds).filter((name) => /^(zh|letter)\//.test(name) && !/say-/.test(name));
  if (list.own || !browserVoice("zh")) parts.forEach((name) => load(list.sounds[name]).catch(() => null));
  return list;
}

/** A voice of the browser for a language; one on this machine rather than one that needs the internet. */
function browserVoice(language) {
  if (!window.speechSynthesis) return null;
  const fits = window.speechSynthesis.getVoices().filter((voice) => {
    const code = voice.lang.toLowerCase().replace("_", "-");
    return language === "zh" ? /^(zh-(cn|hans)|cmn|zh$)/.test(code) : code.slice(0, 2) === language;
  });
  return fits.find((voice) => voice.localService) || null;
}

function speakText(text, speaker, volume) {
  return new Promise((done) => {
    const said = new SpeechSynthesisUtterance(text);
    said.voice = speaker;
    said.lang = speaker.lang;
    said.rate = BROWSER_PACE;
    said.volume = volume;
    const limit = setTimeout(() => { window.speechSynthesis.cancel(); done(false); }, 4000 + text.length * PATIENCE);
    said.onend = said.onerror = () => { clearTimeout(limit); done(true); };
    window.speechSynthesis.speak(said);
  });
}
