// Refreshes the list, but not while someone types or has ticked rows. The page works without this
// script.
const POLL_EVERY = 20 * 1000;
const FAILURES_BEFORE_WARNING = 3;

const link = document.querySelector("[data-refresh]");
const status = document.querySelector("[data-status]");
let list = document.querySelector("[data-list]");
let failures = 0;
let isPolling = false;
let timer;

const ticked = () => list.querySelectorAll("[name=chosen]:checked");
const isTyping = () =>
  document.activeElement?.matches("input:not([type=checkbox]), select, textarea") ?? false;

function announce(words) {
  // Setting the same text again would make a screen reader repeat it at every refresh.
  if (status.textContent !== words) status.textContent = words;
}

async function fetchFresh(address) {
  const response = await fetch(address, {
    credentials: "same-origin",
    redirect: "manual",
  });
  // If the session or the permission has ended, the reloaded page says so.
  if (response.type === "opaqueredirect" || response.status === 403) location.reload();
  if (!response.ok) throw new Error(response.status);
  return response;
}

// Keeps the topmost visible row that is still listed in its place, whatever is added above it.
function keepScrollPosition(replace) {
  const visible = [...list.querySelectorAll("[data-row]")]
    .map((row) => ({ name: row.dataset.row, ...row.getBoundingClientRect().toJSON() }))
    .filter(({ bottom }) => bottom > 0);
  const hasScrolled = scrollY > 0;
  replace();
  if (!hasScrolled) return;
  for (const { name, top } of visible) {
    const same = list.querySelector(`[data-row="${name}"]`);
    if (same) {
      scrollBy({ top: same.getBoundingClientRect().top - top, behavior: "instant" });
      return;
    }
  }
}

async function replaceList(address) {
  const html = await (await fetchFresh(address)).text();
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-list]");
  if (!fresh) throw new Error("no list");
  keepScrollPosition(() => {
    const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
    const tickedIds = [...ticked()].map((box) => box.id);
    const open = [...list.querySelectorAll("details[open]")].map((details) => details.id);
    list.replaceWith(fresh);
    list = fresh;
    for (const id of tickedIds) {
      const box = document.getElementById(id);
      if (box) box.checked = true;
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) (document.getElementById(focused) ?? link).focus({ preventScroll: true });
  });
  document.title = list.dataset.title;
  link.parentElement.classList.remove("refresh--new");
  announce(`${list.dataset.updatedText} ${list.dataset.summary}`);
}

async function poll() {
  clearTimeout(timer);
  if (document.visibilityState === "visible" && !isPolling) {
    isPolling = true;
    try {
      const { fingerprint } = await (await fetchFresh(list.dataset.pollUrl)).json();
      if (failures >= FAILURES_BEFORE_WARNING) announce("");
      failures = 0;
      if (fingerprint !== list.dataset.list) {
        if (ticked().length || isTyping()) {
          link.parentElement.classList.add("refresh--new");
          announce(list.dataset.changedText);
        } else {
          await replaceList(list.dataset.refreshUrl);
        }
      }
    } catch {
      failures += 1;
      if (failures >= FAILURES_BEFORE_WARNING) announce(list.dataset.offlineText);
    } finally {
      isPolling = false;
    }
  }
  timer = setTimeout(poll, POLL_EVERY);
}

if (list) {
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    try {
      // The page's own address, unlike the poll's, extends the session: a person pressed this.
      await replaceList(link.href);
    } catch {
      location.assign(link.href);
    }
  });
  // Search results have no address to poll, so they do not change.
  if (list.dataset.pollUrl) {
    document.addEventListener("visibilitychange", poll);
    timer = setTimeout(poll, POLL_EVERY);
  }
}
