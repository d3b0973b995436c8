/* The page of deadlines is read anew each minute while somebody looks at it and nobody is choosing in it. */

const EVERY = 60_000; // ms

async function renew() {
  const shown = document.getElementById("overview");
  if (document.hidden || shown.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return; // signed out: the next click says so
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("overview");
    if (fresh) shown.replaceChildren(...fresh.childNodes);
  } catch {
    // the server is away: what is shown says as of when it is
  }
}

setInterval(renew, EVERY);
