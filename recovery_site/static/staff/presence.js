// Tells the server of touches, and clears the page when the session or the hold on a call has ended.
// What the page asks by itself keeps nobody logged in: only a touch does.
const MINUTE = 60 * 1000;
const LOOK_EVERY = 5 * 1000;
const ASK_EVERY = 30 * 1000;
const WARN_BEFORE = 2 * MINUTE;
const TOUCHES = ["input", "keydown", "pointerdown", "touchmove", "wheel"];

const { account, keepAliveUrl, sessionUrl, sessionSeconds } = document.body.dataset;
const main = document.querySelector("#_main");
const warning = document.querySelector("[data-ends-soon]");
const held = document.querySelector("[data-renew-url]")?.dataset.request;
let endsAt = Date.now() + sessionSeconds * 1000;
let asked = Date.now();
let reported = Date.now();
let isCovered = false;

const isRefusal = ({ type, status }) => type === "opaqueredirect" || status === 401 || status === 403;

// Takes everything off the page; what its reader typed comes back after a log-in.
function cover(why) {
  if (isCovered) return;
  isCovered = true;
  const fields = [...main.querySelectorAll("[data-unsaved-text]")];
  const words = fields.map(({ value }) => value.trim()).filter(Boolean);
  for (const field of main.querySelectorAll("input, textarea")) field.value = "";
  // Other scripts still hold some of them.
  for (const element of main.querySelectorAll("*")) element.replaceChildren();
  const { content, dataset } = document.querySelector(`[data-cover="${why}"]`);
  main.replaceChildren(content.cloneNode(true));
  main.hidden = false;
  warning.hidden = true;
  document.title = dataset.title;
  main.firstElementChild.focus();
  if (words.length) keep(words, why);
}

function keep(words, why) {
  const kept = main.querySelector("[data-kept]");
  const show = () => {
    const areas = words.map((text) => Object.assign(document.createElement("textarea"), { value: text, readOnly: true, rows: 4 }));
    for (const area of areas) area.setAttribute("aria-label", kept.dataset.label);
    kept.replaceChildren(...areas);
  };
  kept.hidden = false;
  addEventListener("beforeunload", (event) => event.preventDefault());
  if (why === "lease") show();
  kept.querySelector("button")?.addEventListener("click", async () => {
    if ((await state())?.account === account) show();
  });
}

// What the server says of the session: null if it has ended, undefined without an answer.
async function state() {
  try {
    const url = held ? `${sessionUrl}?request=${held}` : sessionUrl;
    const response = await fetch(url, { credentials: "same-origin", redirect: "manual" });
    if (isRefusal(response)) return null;
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

async function ask() {
  asked = Date.now();
  const now = await state();
  if (now === null || (now && now.account !== account)) cover("session");
  else if (now && held && !now.holds) cover("lease");
  else if (now) endsAt = Date.now() + now.seconds * 1000;
  // Without an answer, the last one counts.
  else if (Date.now() >= endsAt) cover("session");
}

async function look() {
  if (isCovered) return;
  const left = endsAt - Date.now();
  // After a sleep of the machine: first out of sight, then ask.
  if (left <= 0) main.hidden = true;
  if (left <= 0 || Date.now() - asked >= ASK_EVERY) await ask();
  if (!isCovered) main.hidden = false;
  warning.hidden = isCovered || endsAt - Date.now() > WARN_BEFORE;
}

async function touched(event) {
  if (isCovered || !event.isTrusted || (warning.hidden && Date.now() - reported < MINUTE)) return;
  if (Date.now() >= endsAt) return;
  reported = Date.now();
  try {
    const response = await fetch(keepAliveUrl, { credentials: "same-origin", redirect: "manual" });
    if (isRefusal(response)) cover("session");
    else await ask();
  } catch {
    // Said of forms when they are sent.
  }
  warning.hidden = isCovered || endsAt - Date.now() > WARN_BEFORE;
}

for (const type of TOUCHES) addEventListener(type, touched, { passive: true });
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || isCovered) return;
  endsAt = 0;
  look();
});
// Another script was refused.
addEventListener("sessionended", () => cover("session"));
setInterval(look, LOOK_EVERY);
