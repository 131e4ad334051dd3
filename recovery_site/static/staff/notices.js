// Brings what the reader is told while a page is open. Every page shows it without this script too.
const ASK_EVERY = 30 * 1000;
let told = document.querySelector("[data-told]");
let timer;

async function ask() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") {
    try {
      const response = await fetch(told.dataset.toldUrl, { credentials: "same-origin", redirect: "manual" });
      const html = response.ok ? await response.text() : "";
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-told]");
      const isChanged = fresh && fresh.dataset.fingerprint !== told.dataset.fingerprint;
      if (isChanged && !told.contains(document.activeElement)) {
        told.replaceWith(fresh);
        told = fresh;
      }
    } catch {
      // Without a connection it stays as it was; the list and the card say so.
    }
  }
  timer = setTimeout(ask, ASK_EVERY);
}

// On a card, to leave the page would lose what is being typed.
document.addEventListener("submit", async (event) => {
  const { still } = event.target.dataset;
  if (!still) return;
  event.preventDefault();
  const token = event.target.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const headers = { "X-CSRFToken": token };
    const { status } = await fetch(still, { method: "POST", headers, redirect: "manual" });
    if (status !== 204) throw new Error(status);
    document.querySelector("#_main").focus({ preventScroll: true });
    ask();
  } catch {
    event.target.submit();
  }
});

if (told) {
  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, ASK_EVERY);
}
