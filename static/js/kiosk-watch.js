/* Put into the kiosk's page by its agent alone: when the server is away, go over to the agent's small page (Q9). */

const EVERY = 2000;
const FREE = ["home", "trouble"]; // nobody is in the middle of something here

/** How server, printer and a slip are; null while the agent itself does not answer. */
export async function stateOfAgent(key = "") {
  try {
    const answer = await fetch(`/agent/state${key ? `?key=${key}` : ""}`, { cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch (lost) {
    return null;
  }
}

async function look() {
  const state = await stateOfAgent();
  const { view } = document.body.dataset;
  if (state && state.server === "away" && state.ready && (!view || FREE.includes(view))) location.replace("/kiosk");
}

if (!document.body.classList.contains("away")) setInterval(look, EVERY);
