/* Help now on the phone page (H5): where the call stands is told by its own topic; its words come with the page's part. */

import { watch } from "./live.js";
import { lang } from "./words.js";

let followed = null; // {topic, end}

/** Watch the call that the page shows; `changed()` fetches the part anew, `comes()` is for the ear. */
export function followHelp(root, changed, comes) {
  const box = root.querySelector("[data-help]");
  const topic = box ? box.dataset.help : null;
  if (followed && followed.topic === topic) return;
  if (followed) followed.end();
  followed = topic && { topic, end: watch(topic, (told) => {
    const shown = root.querySelector("[data-help]");
    if (shown && shown.dataset.state === told.state) return;
    if (told.state === "accepted") comes();
    changed();
  }) };
}

/** What a call says: whose number, and that somebody speaks English where the page does. */
export function helpBody(root) {
  const body = { ticket: root.dataset.token };
  return lang === "en" ? Object.assign(body, { lang, needs: ["english"] }) : body;
}
