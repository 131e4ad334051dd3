// Keeps what is typed into the form of a page: on the server every few seconds, and in this tab what
// the server does not have. Text that was lost with a session or a connection is offered again. The
// form also saves without this script.
import { choices, formData, isOnlyLookedFor, onChoice, setChoices } from "./chosen.js";

const EVERY = 3 * 1000;
const TRY_AGAIN = 10 * 1000;
// Requests that nobody's hand is behind would keep a session from its end.
const AFTER_AN_EDIT = Infinity;
// A browser sends no more with a request that outlives its page.
const MAX_LAST_WORDS = 60 * 1000;
const MAX_DRAFTS = 3;
const PENDING_SAVE = "saving-words";
const OF_THE_WINDOW = ["base", "origin", "form_key", "edits"];
const texts = document.getElementById("autosave").dataset;
// A tab may go on with another account: it is offered nothing that others wrote.
const storageKey = `typed-words:${texts.account}:${location.pathname}`;
const form = document.querySelector("form[id$=_form]:has([name=base])");
const line = form.querySelector("[data-kept-line]");
const read = (name) => Number(form.elements[name].value) || 0;

let edits = read("edits");
let kept = edits;
let timer = 0;
let request = null;
let hasNewToken = false;

// All that `restore` can fill again, as [name, value] pairs, and the version on which it is based:
// brought back, it must not pass for changes of a newer one.
function draft() {
  const pairs = [...new FormData(form)].filter(([name]) => {
    const field = form.elements[name];
    return field && !field.multiple && !/^(csrfmiddlewaretoken|_)/.test(name);
  });
  return [...pairs, ...choices(form)];
}

const words = (pairs) =>
  JSON.stringify(pairs.filter(([name]) => !OF_THE_WINDOW.includes(name)).sort());
const valueOf = (pairs, name) => pairs.find(([each]) => each === name)?.[1] ?? "";

function restore(pairs) {
  for (const box of form.querySelectorAll("[type=checkbox]")) {
    box.checked = pairs.some(([name]) => name === box.name);
  }
  setChoices(form, pairs);
  for (const [name, value] of pairs) {
    const field = form.elements[name];
    if (!field || field.multiple || field.type === "checkbox") continue;
    field.value = value;
    const rich = field.closest?.(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor;
    rich?.commands.setContent(value, { emitUpdate: true });
  }
  edits = Math.max(edits, read("edits"));
}

// In this tab.
const stored = () => JSON.parse(sessionStorage.getItem(storageKey) ?? "[]");

function store(all) {
  if (all.length) sessionStorage.setItem(storageKey, JSON.stringify(all.slice(0, MAX_DRAFTS)));
  else sessionStorage.removeItem(storageKey);
}

// Forget a draft only when the page after a save says that it was saved.
const saved = sessionStorage.getItem(PENDING_SAVE);
sessionStorage.removeItem(PENDING_SAVE);
if (saved === storageKey && document.querySelector(".messagelist .success")) store(stored().slice(1));
else if (saved && document.querySelector(".messagelist .success")) sessionStorage.removeItem(saved);

// What the server keeps of a window, and the words of this tab that go further: one of them is offered.
function choose(drafts) {
  return drafts.filter((each) => {
    const offer = document.querySelector(`[data-kept="${CSS.escape(valueOf(each, "form_key"))}"]`);
    if (!offer) return true;
    const isNewer = Number(valueOf(each, "edits")) > Number(offer.dataset.edits);
    if (isNewer) offer.hidden = true;
    return isNewer;
  });
}

const isRefused = form.querySelector(".errorlist") !== null;
// Drafts of earlier visits, neither restored nor thrown away. A refused save shows its own again.
const isShown = (each) => words(each) === words(draft());
let drafts = choose((isRefused ? stored().slice(1) : stored()).filter((each) => !isShown(each)));
let isDirty = isRefused;
let leaving = false;

function say(text, isGood, link) {
  if (line.dataset.said === text) return;
  line.dataset.said = text;
  // What goes well is read out to nobody: it comes every few seconds.
  line.setAttribute("aria-live", isGood ? "off" : "polite");
  line.classList.toggle("kept-line--lost", !isGood);
  line.textContent = text;
  if (link) line.append(" ", link);
}

function linkToLogIn() {
  const link = document.createElement("a");
  Object.assign(link, { href: texts.login, target: "_blank", textContent: texts.logIn });
  return link;
}

// Another tab may have logged in since this page was made: its forms need that log-in's token.
async function renewToken() {
  const response = await fetch(texts.url, { redirect: "manual" });
  if (response.type === "opaqueredirect") {
    say(texts.loggedOut, false, linkToLogIn());
    return TRY_AGAIN;
  }
  if (!response.ok || hasNewToken) {
    say(texts.notAllowed, false);
    return AFTER_AN_EDIT;
  }
  const { account, token } = await response.json();
  if (String(account) !== texts.account) {
    say(texts.otherAccount, false);
    return AFTER_AN_EDIT;
  }
  form.elements.csrfmiddlewaretoken.value = token;
  hasNewToken = true;
  return 0;
}

// After how long to try again; null when the words are kept.
async function answered(response) {
  if (response.type === "opaqueredirect" || response.status === 403) {
    return renewToken();
  }
  if (response.status === 409) {
    // The same words are open elsewhere and went on there.
    form.elements.form_key.value = crypto.randomUUID();
    return 0;
  }
  if (response.status >= 500) {
    say(texts.failed, false);
    return TRY_AGAIN;
  }
  const answer = await response.json();
  hasNewToken = false;
  if (!response.ok) {
    say(`${texts.refused} ${answer.error}`, false);
    return AFTER_AN_EDIT;
  }
  say(texts.saidKept.replace("{time}", answer.kept_at), true);
  document.querySelector("[data-others]").textContent = answer.others;
  return null;
}

async function send(isLast = false) {
  clearTimeout(timer);
  timer = 0;
  const body = new URLSearchParams(formData(form));
  body.set("account", texts.account);
  const keepalive = isLast && String(body).length < MAX_LAST_WORDS;
  const sent = edits;
  const current = new AbortController();
  request = current;
  let wait = TRY_AGAIN;
  try {
    const options = { method: "POST", body, keepalive, redirect: "manual", signal: current.signal };
    wait = await answered(await fetch(texts.url, options));
    if (wait === null) kept = Math.max(kept, sent);
  } catch {
    if (current.signal.aborted) return;
    say(texts.offline, false);
  }
  request = null;
  if (edits === kept) store(drafts);
  else if (wait !== null) store([draft(), ...drafts]);
  if (edits > kept) schedule(wait ?? EVERY);
}

function schedule(wait) {
  if (wait === AFTER_AN_EDIT) return;
  clearTimeout(timer);
  timer = setTimeout(() => send(), wait);
}

function onEdit(event) {
  if (event && isOnlyLookedFor(event.target)) return;
  isDirty = true;
  edits += 1;
  form.elements.edits.value = edits;
  if (!timer && !request) schedule(EVERY);
}

// With the page go its timers: what they would have sent goes now.
function onHide() {
  if (leaving || edits <= kept) return;
  store([draft(), ...drafts]);
  send(true);
}

form.addEventListener("input", onEdit);
form.addEventListener("change", onEdit);
onChoice(form, onEdit);
addEventListener("online", () => edits > kept && send());
addEventListener("pageshow", () => (leaving = false));
addEventListener("beforeunload", (event) => {
  if (isDirty && !leaving) event.preventDefault();
});
document.addEventListener("visibilitychange", () => document.hidden && onHide());
addEventListener("pagehide", onHide);
form.addEventListener("submit", ({ submitter }) => {
  store([draft(), ...drafts]);
  // Kept after they are saved, they would be offered again.
  clearTimeout(timer);
  timer = 0;
  request?.abort();
  kept = edits;
  leaving = submitter?.formTarget !== "_blank";
  say("", true);
  if (leaving) sessionStorage.setItem(PENDING_SAVE, storageKey);
});

// The words of this tab, offered.
const note = document.querySelector("[data-unsaved]");
note.hidden = drafts.length === 0;
note.addEventListener("click", ({ target }) => {
  if (!target.matches("button")) return;
  const [restored] = drafts;
  const current = isDirty ? [draft()] : [];
  drafts = drafts.slice(1);
  if (target.matches("[data-restore]")) {
    // The text that this replaces can be restored the same way.
    drafts = [...drafts, ...current];
    restore(restored);
    onEdit();
    store([restored, ...drafts]);
  } else {
    discard(valueOf(restored, "form_key"));
    store([...current, ...drafts]);
  }
  note.hidden = drafts.length === 0;
  // Each draft is asked about for itself.
  note.querySelector("details").open = false;
});

// The words that the server keeps, thrown away without sending what the form holds.
async function discard(formKey) {
  const body = new URLSearchParams({ discard: formKey, stay: "1" });
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  return (await fetch(texts.url, { method: "POST", body, headers, redirect: "manual" })).ok;
}

for (const offer of document.querySelectorAll("[data-kept]")) {
  offer.querySelector("button").addEventListener("click", async (event) => {
    event.preventDefault();
    if (!(await discard(offer.dataset.kept))) return;
    offer.remove();
    // This tab may still hold the same words, and would offer them next.
    store(stored().filter((each) => valueOf(each, "form_key") !== offer.dataset.kept));
  });
}

// What was refused may not have reached the server otherwise.
if (isRefused) onEdit();
