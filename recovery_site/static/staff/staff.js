// Protects unsaved text: typing keeps the session alive (idle people are logged off), leaving the
// page asks first, and text that was lost with a session or a connection is offered again. The form
// also saves without this script.
const MINUTE = 60 * 1000;
const KEEP_ALIVE_EVERY = 4 * MINUTE;
const MAX_DRAFTS = 3;
const PENDING_SAVE = "saving-words";
const storageKey = `unsaved-words:${location.pathname}`;

const form = document.querySelector("form[id$=_form]:has([name=base])");

// The text fields that `restore` can fill again, as [name, value] pairs, and the version on which
// they are based: brought back, they must not pass for changes of a newer one.
function draft() {
  return [...new FormData(form)].filter(([name]) => {
    const field = form.elements[name];
    const isText = field && !field.multiple && field.type !== "checkbox";
    return isText && !/^(csrfmiddlewaretoken|_)/.test(name);
  });
}

const OF_THE_WINDOW = ["base", "form_key"];
const words = (pairs) => JSON.stringify(pairs.filter(([name]) => !OF_THE_WINDOW.includes(name)));

function restore(pairs) {
  for (const [name, value] of pairs) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value;
    const rich = field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor;
    rich?.commands.setContent(value, { emitUpdate: true });
  }
}

// The editor does not label its editing area.
function labelEditors() {
  for (const area of document.querySelectorAll(".prose-editor .ProseMirror[contenteditable]")) {
    const { labels, attributes } = area.closest(".prose-editor").querySelector("textarea");
    area.setAttribute("spellcheck", "true");
    area.setAttribute("aria-label", labels[0]?.textContent.replace(":", "") ?? "");
    area.setAttribute("aria-describedby", attributes["aria-describedby"]?.value ?? "");
  }
}
document.addEventListener("prose-editor:ready", labelEditors);
labelEditors();

function protectDrafts() {
  const isRefused = form.querySelector(".errornote") !== null;
  const stored = JSON.parse(sessionStorage.getItem(storageKey) ?? "[]");
  // Drafts of earlier visits, neither restored nor thrown away. A refused save shows its own again.
  const isShown = (each) => words(each) === words(draft());
  let drafts = (isRefused ? stored.slice(1) : stored).filter((each) => !isShown(each));
  let isDirty = isRefused;
  let lastSeen = Date.now();

  const store = (current) => {
    const all = [...current, ...drafts].slice(0, MAX_DRAFTS);
    if (all.length) sessionStorage.setItem(storageKey, JSON.stringify(all));
    else sessionStorage.removeItem(storageKey);
  };
  const onEdit = () => {
    isDirty = true;
    if (Date.now() - lastSeen > KEEP_ALIVE_EVERY) {
      lastSeen = Date.now();
      fetch(location.pathname, { method: "HEAD", credentials: "same-origin" });
    }
  };
  form.addEventListener("input", onEdit);
  form.addEventListener("change", onEdit);
  let leaving = false;
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("beforeunload", (event) => {
    if (isDirty && !leaving) event.preventDefault();
  });
  form.addEventListener("submit", ({ submitter }) => {
    store([draft()]);
    leaving = submitter?.formTarget !== "_blank";
    if (leaving) sessionStorage.setItem(PENDING_SAVE, storageKey);
  });
  addEventListener("pagehide", () => {
    if (isDirty) store([draft()]);
  });

  const note = document.querySelector("[data-unsaved]");
  if (!note) return;
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
      isDirty = true;
      store([restored]);
    } else {
      store(current);
    }
    note.hidden = drafts.length === 0;
  });
}

// Forget a draft only when the page after a save says that it was saved.
const saved = sessionStorage.getItem(PENDING_SAVE);
sessionStorage.removeItem(PENDING_SAVE);
if (saved && document.querySelector(".messagelist .success")) sessionStorage.removeItem(saved);

// Ctrl+S, on a Mac Cmd+S, saves as “Save draft” does.
function saveByKey(event) {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  const button = form.querySelector("[name=_save]");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
}

if (form) {
  protectDrafts();
  document.addEventListener("keydown", saveByKey);
}
