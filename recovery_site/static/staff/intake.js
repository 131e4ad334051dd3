// The list refreshes itself quietly, and never under someone's hands. It works without this.
const EVERY = 20 * 1000;
const PATIENCE = 3;

const link = document.querySelector("[data-refresh]");
const status = document.querySelector("[data-status]");
let list = document.querySelector("[data-list]");
let failures = 0;
let isAsking = false;
let timer;

const ticked = () => list.querySelectorAll("[name=chosen]:checked");
const isTyping = () =>
  document.activeElement?.matches("input:not([type=checkbox]), select, textarea") ?? false;

function say(words) {
  // Said once: a reader would otherwise repeat it with every refresh.
  if (status.textContent !== words) status.textContent = words;
}

async function ask(address) {
  const response = await fetch(address, {
    credentials: "same-origin",
    redirect: "manual",
  });
  // Logged off meanwhile, or no longer allowed: the page itself says so.
  if (response.type === "opaqueredirect" || response.status === 403) location.reload();
  if (!response.ok) throw new Error(response.status);
  return response;
}

// The first row in the window that is still there stays where it is, whatever comes in above it.
function keepingPlace(swap) {
  const inSight = [...list.querySelectorAll("[data-row]")]
    .map((row) => ({ name: row.dataset.row, ...row.getBoundingClientRect().toJSON() }))
    .filter(({ bottom }) => bottom > 0);
  const hasScrolled = scrollY > 0;
  swap();
  if (!hasScrolled) return;
  for (const { name, top } of inSight) {
    const same = list.querySelector(`[data-row="${name}"]`);
    if (same) {
      scrollBy({ top: same.getBoundingClientRect().top - top, behavior: "instant" });
      return;
    }
  }
}

async function swap(address) {
  const html = await (await ask(address)).text();
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-list]");
  if (!fresh) throw new Error("no list");
  keepingPlace(() => {
    const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
    const kept = [...ticked()].map((box) => box.id);
    const open = [...list.querySelectorAll("details[open]")].map((details) => details.id);
    list.replaceWith(fresh);
    list = fresh;
    for (const id of kept) {
      const box = document.getElementById(id);
      if (box) box.checked = true;
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) (document.getElementById(focused) ?? link).focus({ preventScroll: true });
  });
  document.title = list.dataset.title;
  link.parentElement.classList.remove("refresh--new");
  say(`${list.dataset.updatedText} ${list.dataset.summary}`);
}

async function look() {
  clearTimeout(timer);
  if (document.visibilityState === "visible" && !isAsking) {
    isAsking = true;
    try {
      const { fingerprint } = await (await ask(list.dataset.pollUrl)).json();
      if (failures >= PATIENCE) say("");
      failures = 0;
      if (fingerprint !== list.dataset.list) {
        if (ticked().length || isTyping()) {
          link.parentElement.classList.add("refresh--new");
          say(list.dataset.changedText);
        } else {
          await swap(list.dataset.refreshUrl);
        }
      }
    } catch {
      failures += 1;
      if (failures >= PATIENCE) say(list.dataset.offlineText);
    } finally {
      isAsking = false;
    }
  }
  timer = setTimeout(look, EVERY);
}

if (list) {
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    try {
      // The page itself: whoever presses this is there, so they stay logged in.
      await swap(link.href);
    } catch {
      location.assign(link.href);
    }
  });
  // Search results stay as they were found.
  if (list.dataset.pollUrl) {
    document.addEventListener("visibilitychange", look);
    timer = setTimeout(look, EVERY);
  }
}
