// While a session is being described: how many could come, below the form. Without scripts, the button
// "Check how many could come" shows the same.
const told = document.querySelector("[data-fill]");
const form = told?.closest("form");
const PAUSE = 1200;
let waiting = 0;
let asked = "";

async function ask() {
  const sent = new FormData(form);
  sent.delete("once");
  const now = new URLSearchParams(sent).toString();
  if (now === asked) return;
  asked = now;
  const answer = await fetch(told.dataset.fill, { method: "POST", body: sent, credentials: "same-origin" });
  // what was typed meanwhile is asked next
  if (answer.ok && now === asked) told.innerHTML = await answer.text();
}

form?.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => ask().catch(() => {}), PAUSE);
});
