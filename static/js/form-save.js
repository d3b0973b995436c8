/* Keeps a form while it is filled in: one saving at a time, what is typed meanwhile goes along with the next. */

import { get, newKey, post } from "./api.js";

const PAUSE = 600; // ms after the last sign until it is saved
const AGAIN = 3000; // ms until a saving that nobody answered is tried again

/** `on.state(state, form)` hears "fresh", "saving", "saved", "unsaved", "refused"; `on.trouble(problem)` what stands in the way;
    `on.form(form)` the form as the hall has it now. */
export function keeper(on) {
  let form = null;
  let fields = {};
  let papers = {};
  let timer = 0;
  let running = null;
  let blocked = false; // somebody has to decide first
  let intent = null; // {said, key}: the same receiving again is the same intention

  const path = (verb) => "/api/v1/forms/" + encodeURIComponent(form.token) + (verb ? "/" + verb : "");
  const waiting = () => Object.keys(fields).length + Object.keys(papers).length > 0;

  function take(fresh) {
    form = fresh;
    on.form(form);
  }

  function body() {
    return Object.assign({ revision: form.revision }, fields, { papers: Object.values(papers) });
  }

  async function save(leaving) {
    clearTimeout(timer);
    if (running) await running;
    if (!form || blocked || !waiting()) return !blocked;
    const sent = body();
    const [typed, seen] = [fields, papers];
    fields = {};
    papers = {};
    on.state("saving", form);
    running = post(path("save"), sent, { keepalive: Boolean(leaving) });
    try {
      const saved = await running;
      running = null;
      take(saved);
      on.state(waiting() ? "saving" : "saved", form);
      return true;
    } catch (problem) {
      running = null;
      fields = Object.assign({}, typed, fields); // typed since goes before
      papers = Object.assign({}, seen, papers);
      failed(problem);
      return false;
    }
  }

  function failed(problem) {
    const lost = problem.status === 0 || problem.status >= 500 || problem.status === 429;
    on.state(lost ? "unsaved" : "refused", form);
    if (lost) {
      timer = setTimeout(save, AGAIN);
      return;
    }
    if (problem.status === 422) {
      Object.keys(problem.errors).forEach((name) => { delete fields[name]; });
      papers = {}; // one that the hall refuses is not sent again and again
    } else blocked = true;
    on.trouble(problem);
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  return {
    /** Begin with this form; nothing waits. */
    begin(fresh) {
      [fields, papers, blocked] = [{}, {}, false];
      take(fresh);
      on.state("fresh", form);
    },
    form: () => form,
    /** What was typed but is not saved yet. */
    pending: (name) => name in fields,
    field(name, value) {
      if (!form || form.state !== "draft") return;
      fields[name] = value;
      later();
    },
    paper(row) {
      papers[row.id] = row;
      clearTimeout(timer);
      timer = setTimeout(save, 60); // many keys in a row are one saving
    },
    save,
    /** Another browser saved meanwhile: see what it has; with `mine`, what was typed here goes on top. */
    async again(mine) {
      if (!mine) [fields, papers] = [{}, {}];
      const fresh = await get(path(""));
      blocked = false;
      take(fresh);
      if (mine && fresh.state === "draft") await save();
      else on.state("fresh", form);
    },
    async receive(without) {
      if (!(await save())) return null;
      const said = { revision: form.revision, without: without || [] };
      const key = JSON.stringify(said);
      if (!intent || intent.said !== key) intent = { said: key, key: newKey() };
      return post(path("receive"), said, { key: intent.key });
    },
    async discard() {
      clearTimeout(timer);
      [fields, papers] = [{}, {}];
      if (running) await running.catch(() => null);
      await post(path("discard"), { revision: form.revision });
      form = null;
    },
    reusable: () => get(path("reusable")),
  };
}
