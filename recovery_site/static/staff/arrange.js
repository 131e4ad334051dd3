// Questions in their order: dragged by a handle, or moved by buttons, which keep the focus. Rows
// around the one that moves change places with it: an element that is put elsewhere loses the focus.
const page = document.querySelector(".arrange");
const told = page.querySelector("[data-told]");
const EDGE = 60;
let waiting = 0;
let saving = Promise.resolve();
const savedOrders = new Map();

const keysOf = (list) => [...list.children].map((row) => row.dataset.key);

function step(row, way) {
  const other = way < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return false;
  if (way < 0) row.after(other);
  else row.before(other);
  return true;
}

function setEnds(list) {
  const active = document.activeElement;
  for (const row of list.children) {
    const [up, down] = row.querySelectorAll("[data-step]");
    up.disabled = row === list.firstElementChild;
    down.disabled = row === list.lastElementChild;
    if (active === up && up.disabled) down.focus();
    if (active === down && down.disabled) up.focus();
  }
}

function arrange(list, keys) {
  if (keysOf(list).join() !== keys.join()) {
    const active = document.activeElement;
    const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
    list.append(...keys.filter((key) => rows.has(key)).map((key) => rows.get(key)));
    if (list.contains(active)) active.focus();
  }
  setEnds(list);
}

async function send(row) {
  const body = new FormData(row.querySelector("form"));
  body.set("after", row.previousElementSibling?.dataset.key ?? "");
  const response = await fetch(row.dataset.url, { method: "POST", body });
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok || !type.startsWith("application/json")) throw new Error(String(response.status));
  return response.json();
}

async function save(row) {
  const list = row.parentElement;
  try {
    const answer = await send(row);
    savedOrders.set(list, answer.order.map(String));
    told.textContent = answer.told;
  } catch {
    told.textContent = page.dataset.failed;
  }
  waiting -= 1;
  // Further moves are on their way: their answers tell the order.
  if (!waiting) savedOrders.forEach((keys, each) => arrange(each, keys));
}

function saveLater(row) {
  setEnds(row.parentElement);
  waiting += 1;
  saving = saving.then(() => save(row));
}

page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  button.focus();
  if (step(row, Number(button.dataset.step))) {
    saveLater(row);
    row.scrollIntoView({ block: "nearest" });
  }
});

function drag(row, handle, { pointerId }) {
  const before = keysOf(row.parentElement);
  handle.setPointerCapture(pointerId);
  row.classList.add("is-dragged");
  const follow = ({ clientY }) => {
    if (clientY < EDGE) scrollBy(0, -EDGE / 4);
    if (clientY > innerHeight - EDGE) scrollBy(0, EDGE / 4);
    const middle = (other) => {
      const { top, height } = other.getBoundingClientRect();
      return top + height / 2;
    };
    while (row.previousElementSibling && clientY < middle(row.previousElementSibling)) step(row, -1);
    while (row.nextElementSibling && clientY > middle(row.nextElementSibling)) step(row, 1);
  };
  const end = (keeps) => {
    listening.abort();
    row.classList.remove("is-dragged");
    if (!keeps) arrange(row.parentElement, before);
    else if (keysOf(row.parentElement).join() !== before.join()) saveLater(row);
  };
  const listening = new AbortController();
  const { signal } = listening;
  handle.addEventListener("pointermove", follow, { signal });
  handle.addEventListener("pointerup", () => end(true), { signal });
  handle.addEventListener("pointercancel", () => end(false), { signal });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && end(false), { signal });
}

for (const list of page.querySelectorAll("ol")) {
  savedOrders.set(list, keysOf(list));
  if (list.children.length < 2) continue;
  for (const row of list.children) {
    const handle = document.createElement("span");
    handle.className = "arrange__handle";
    handle.title = page.dataset.handle;
    // Keyboards and screen readers have the buttons.
    handle.setAttribute("aria-hidden", "true");
    handle.textContent = "⠿";
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      drag(row, handle, event);
    });
    row.querySelector("form").prepend(handle);
  }
}
