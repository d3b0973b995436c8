/* The way from page to page at a kiosk: fetched first, so that the page that stands there stays until the next is here. */

const PATIENCE = 15000; // ms until an answer counts as lost

/** What a link or form leads to: {page, address} of booking, {elsewhere} where the browser has to go itself, or nothing
    where the server gave no answer. `address` is missing where the answer has none of its own. */
export async function fetched(address, form, by) {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), PATIENCE);
  try {
    const answer = await fetch(...asked(address, form, by, cut.signal));
    const text = await answer.text();
    if (answer.status >= 500 || answer.status === 429) return {};
    return understood(answer, text, !form || form.method === "get");
  } catch (lost) {
    return {};
  } finally {
    clearTimeout(timer);
  }
}

function asked(address, form, by, signal) {
  const how = { credentials: "same-origin", cache: "no-store", signal };
  if (!form || form.method === "get") return [address, how];
  const given = new FormData(form);
  if (by && by.name) given.append(by.name, by.value);
  return [address, { ...how, method: "POST", body: new URLSearchParams(given) }];
}

/** A page of booking in the same language is taken over; everything else is the browser's to open. */
function understood(answer, text, read) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const named = read || answer.redirected;
  const same = page.body.matches(".booking-kiosk") && page.documentElement.lang === document.documentElement.lang;
  if (same) return { page, address: named ? answer.url : "" };
  return { elsewhere: named ? answer.url : location.href };
}
