/* The mandate is signed on the helper's phone: what is drawn goes with the revision that was shown. */

import { post } from "./api.js";
import { signaturePad } from "./signature-pad.js";
import { word } from "./words.js";

const byId = (id) => document.getElementById(id);
const { path, back, revision } = byId("mandate").dataset;
const say = (text) => { byId("pad-said").textContent = text; };
const pad = signaturePad(byId("signature"), byId("pad-hint"), () => say(""));

byId("clear").addEventListener("click", () => pad.clear());
byId("done").addEventListener("click", async () => {
  if (pad.empty()) return say(word("sign_first"));
  byId("done").disabled = true;
  try {
    await post(path, { revision: Number(revision), signature: pad.picture() });
    location.replace(back);
  } catch (problem) {
    say(problem.detail); // what was drawn stays
    byId("done").disabled = false;
  }
  return null;
});
