// Keeps the page of a plan that is being made current. Without scripts the page refreshes by itself.
// Only the phase is a live region, and it is touched only when its words change: no figure is read aloud unasked.
const watched = document.querySelector("[data-watch]");

async function look() {
  let found;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    found = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-watch]");
  } catch {
    // the network is away for a moment: nothing is lost by asking later
    later(watched.dataset.watch);
    return;
  }
  if (!found) {
    location.reload();
    return;
  }
  for (const part of found.querySelectorAll("[data-part]")) {
    const here = watched.querySelector(`[data-part="${part.dataset.part}"]`);
    if (here.innerHTML !== part.innerHTML) here.replaceChildren(...part.childNodes);
  }
  later(found.dataset.watch);
}

function later(seconds) {
  setTimeout(look, 1000 * Math.max(1, Number(seconds)));
}

if (watched) setTimeout(look, 1000);
