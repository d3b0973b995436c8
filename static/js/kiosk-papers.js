/* What a matter asks for and promises, before anybody draws. No paper's name is cut: a page holds as many as fit. */

import { h } from "./kiosk-dom.js";
import { turned } from "./kiosk-search.js";

const MOST = 6; // papers a page, where their names are short

/** What a newly chosen matter starts with: its pages are measured before any is seen. */
export const FIRST_PAPER = { paper: 0, papers: MOST, measuring: true };

/** Fewer papers a page until the longest name stands whole on each; true where a page was drawn once more. */
export function fitPapers(kiosk, stage) {
  const list = stage.querySelector(".kiosk-papers");
  if (!list) return false;
  const { paper, papers, measuring } = kiosk.state;
  const cut = list.scrollHeight > list.clientHeight + 1 && papers > 1;
  if (cut) kiosk.go({ papers: papers - (papers > 2 ? 2 : 1), paper: 0, measuring: true });
  else if (measuring) kiosk.go(paper + 1 < Number(list.dataset.pages) ? { paper: paper + 1 } : { paper: 0, measuring: false });
  return cut || measuring;
}

function copiesOf(kiosk, paper) {
  const { say } = kiosk;
  const said = [
    paper.originals && say("originals", { n: paper.originals }),
    paper.copies && say("copies", { n: paper.copies }),
    paper.e_licence && say("e_licence"),
  ].filter(Boolean);
  return said.join(" · ");
}

const conditionOf = (kiosk, paper) => (kiosk.state.lang === "en" && paper.condition_en) || paper.condition;

/** What to bring, each paper once, before anybody waits for nothing. */
export function papersList(kiosk, offers) {
  const { say } = kiosk;
  const each = new Map(offers.flatMap((offer) => offer.materials.map((paper) => [`${paper.name}|${paper.condition}`, paper])));
  const papers = Array.from(each.values());
  if (!papers.length) return [];
  const { shown, turn: more } = turned(kiosk, papers, kiosk.state.papers, say("more_papers"), "paper");
  return [
    h("h2", { class: "kiosk-bring" }, kiosk.sign("paper"), h("span", {}, say("bring", { n: papers.length }))),
    h("ul", { class: "kiosk-papers", role: "list", "data-pages": Math.ceil(papers.length / kiosk.state.papers) }, shown.map((paper) => h("li", {},
      h("strong", {}, kiosk.nameOf(paper)),
      h("span", {}, copiesOf(kiosk, paper)),
      conditionOf(kiosk, paper) && h("em", {}, say("only_if", { condition: conditionOf(kiosk, paper) }))))),
    more,
  ];
}

/** How soon it is done and what it costs, as far as the hall has said so ("" where it has not, or of a bundle). */
export function promise(kiosk, offer) {
  const { say, state } = kiosk;
  const days = offer.committed_days;
  return [
    offer.kind === "instant" && say("at_once"),
    offer.kind === "committed" && days !== null && say(days === 1 ? "promised_one" : "promised", { n: days }),
    (state.lang === "en" && offer.fee_en) || offer.fee,
  ].filter(Boolean).join(" · ");
}
