// Words must survive: typing counts as being there (idle people are logged off), leaving asks
// first, and what a lost log-in or network swallowed is offered again. Saving works without this.
const MINUTE = 60 * 1000;
const AWAKE_EVERY = 4 * MINUTE;
const KEPT = 3;
const SAVING = "saving-words";
const key = `unsaved-words:${location.pathname}`;

const form = document.querySelector("form[id$=_form]:has([name=base])");

// What can be put back into the form by `bringBack`.
function values() {
  return [...new FormData(form)].filter(([name]) => {
    const field = form.elements[name];
    const isText = field && !field.multiple && field.type !== "checkbox";
    return isText && !/^(csrfmiddlewaretoken|base|_)/.test(name);
  });
}

function bringBack(words) {
  for (const [name, value] of words) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value;
    const rich = field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor;
    rich?.commands.setContent(value, { emitUpdate: true });
  }
}

// The editor gives its writing area no name of its own.
function nameEditors() {
  for (const area of document.querySelectorAll(".prose-editor .ProseMirror[contenteditable]")) {
    const { labels, attributes } = area.closest(".prose-editor").querySelector("textarea");
    area.setAttribute("aria-label", labels[0]?.textContent.replace(":", "") ?? "");
    area.setAttribute("aria-describedby", attributes["aria-describedby"]?.value ?? "");
  }
}
document.addEventListener("prose-editor:ready", nameEditors);
nameEditors();

function keepWords() {
  const isRefused = form.querySelector(".errornote") !== null;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  // Those of earlier visits that nobody has answered for; a refused save shows its own again.
  const isShown = (words) => JSON.stringify(words) === JSON.stringify(values());
  let waiting = (isRefused ? kept.slice(1) : kept).filter((words) => !isShown(words));
  let isDirty = isRefused;
  let lastSeen = Date.now();

  const keep = (mine) => {
    const all = [...mine, ...waiting].slice(0, KEPT);
    if (all.length) sessionStorage.setItem(key, JSON.stringify(all));
    else sessionStorage.removeItem(key);
  };
  const touched = () => {
    isDirty = true;
    if (Date.now() - lastSeen > AWAKE_EVERY) {
      lastSeen = Date.now();
      fetch(location.pathname, { method: "HEAD", credentials: "same-origin" });
    }
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  let leaving = false;
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("beforeunload", (event) => {
    if (isDirty && !leaving) event.preventDefault();
  });
  form.addEventListener("submit", ({ submitter }) => {
    keep([values()]);
    leaving = submitter?.formTarget !== "_blank";
    if (leaving) sessionStorage.setItem(SAVING, key);
  });
  addEventListener("pagehide", () => {
    if (isDirty) keep([values()]);
  });

  const note = document.querySelector("[data-unsaved]");
  if (!note) return;
  note.hidden = waiting.length === 0;
  note.addEventListener("click", ({ target }) => {
    if (!target.matches("button")) return;
    const [words] = waiting;
    const mine = isDirty ? [values()] : [];
    waiting = waiting.slice(1);
    if (target.matches("[data-bring-back]")) {
      // What stood in the form until now can be had back the same way.
      waiting = [...waiting, ...mine];
      bringBack(words);
      isDirty = true;
      keep([words]);
    } else {
      keep(mine);
    }
    note.hidden = waiting.length === 0;
  });
}

// The page after a save says whether it worked; until then the words stay.
const saved = sessionStorage.getItem(SAVING);
sessionStorage.removeItem(SAVING);
if (saved && document.querySelector(".messagelist .success")) sessionStorage.removeItem(saved);

if (form) keepWords();
