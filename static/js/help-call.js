/* A call for help (H5): made, followed on its own live topic, taken back. What it says is worked out here for all surfaces. */

import { newKey, post } from "./api.js";
import { watch } from "./live.js";

export const OPEN = ["ringing", "escalated", "accepted", "with"];
const SAID = {
  ringing: "help_ringing", escalated: "help_manager", accepted: "help_coming", with: "help_with", ended: "help_ended", cancelled: "help_cancelled",
};

/** Whether somebody still waits, or is being helped. */
export const isOpen = (call) => Boolean(call) && OPEN.indexOf(call.state) >= 0;

/** [key, values] of the sentence that tells where a call stands. */
export function saidOf(call) {
  return [SAID[call.state], call.helper || {}];
}

/** One call at a time: `changed(call)` after each change, null once it is forgotten. */
export function createHelp(changed) {
  let call = null;
  let ends = null;

  function follow(given) {
    if (ends && (!given || !call || given.token !== call.token)) {
      ends();
      ends = null;
    }
    call = given;
    changed(call);
    if (call && !ends) ends = watch(call.topic, (told) => { call = told; changed(call); });
  }

  return {
    get call() { return call; },
    follow,
    forget: () => follow(null),
    /** Press: the same key until an answer is here, so that two presses are one call. Throws a Problem. */
    async ask(body, options) {
      follow(await post("/api/v1/help-calls", body, Object.assign({ key: newKey() }, options)));
    },
    async cancel(options) {
      if (call) follow(await post("/api/v1/help-calls/" + call.token + "/cancel", undefined, options));
    },
  };
}
