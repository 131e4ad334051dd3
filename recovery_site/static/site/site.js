// Small helps for pages that already work without them. What articles and forms need
// is in article.js and form.js.

const root = document.documentElement;

// Leave this page: cover at once, then replace this history entry. Where Back leads to another
// page of ours in this tab, leave that too; whoever comes by a link or an address can stay.
const leaveLink = document.querySelector("[data-leave]");
const leaveStatus = document.querySelector("[data-leave-status]");
const title = document.title;
let presses = 0;
let shiftAlone = false;
let deadline;

// What this tab keeps; nothing where the browser forbids it.
let tab = {};
try {
  tab = sessionStorage || tab;
} catch (error) {
  // Back may then show earlier pages.
}

function leave(event) {
  if (event) event.preventDefault();
  root.classList.add("is-leaving");
  document.title = "…";
  const referrer = document.createElement("meta");
  referrer.name = "referrer";
  referrer.content = "no-referrer";
  document.head.append(referrer);
  location.replace(leaveLink.href);
  // Last, since a full or forbidden store throws.
  tab.left = 1;
}

function countPresses(count) {
  if (count === 0 && presses > 0) leaveStatus.textContent = leaveLink.dataset.off;
  presses = count;
  if (count === 0) {
    clearTimeout(deadline);
    delete leaveLink.dataset.presses;
  } else {
    leaveLink.dataset.presses = count;
    leaveStatus.textContent = leaveLink.dataset[["two", "one", "going"][count - 1]];
  }
}

if (leaveLink) {
  const [visit] = performance.getEntriesByType("navigation");
  const isBack = visit ? visit.type === "back_forward" : performance.navigation.type === 2;
  if (isBack && tab.left) leave();
  else delete tab.left;
  leaveLink.addEventListener("click", leave);
  addEventListener("keydown", (event) => {
    shiftAlone = event.key === "Shift";
    if (!shiftAlone) countPresses(0);
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !shiftAlone) return;
    shiftAlone = false;
    if (presses === 0) deadline = setTimeout(() => countPresses(0), 5000);
    countPresses(presses + 1);
    if (presses === 3) leave();
  });
}

// An address such as /faq/#slug opens that answer.
function openTarget() {
  let target;
  try {
    target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch (error) {
    return;
  }
  const details = target && target.closest("details");
  if (details && !details.open) {
    details.open = true;
    details.scrollIntoView();
  }
}
openTarget();
addEventListener("hashchange", openTarget);

// Print every answer, in browsers that the stylesheet alone can't persuade.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const details of closed) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
});

// A page that the browser kept as it was left.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  if (leaveLink && tab.left) return leave();
  root.classList.remove("is-leaving");
  document.title = title;
});
