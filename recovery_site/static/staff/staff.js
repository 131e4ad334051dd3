// Words must survive: typing counts as being there (idle people are logged off), leaving asks
// first, and what a lost log-in or network swallowed is offered again. Saving works without this.
const form = document.querySelector("form[id$=_form]:has([name=base])");
const AWAKE_EVERY = 4 * 60 * 1000;
const KEY = "unsaved-words";

function values() {
  return [...new FormData(form)].filter(([name]) => !/^(csrfmiddlewaretoken|base|_)/.test(name));
}

function bringBack(words) {
  for (const [name, value] of words) {
    const field = form.elements[name];
    if (!field || field.multiple || field.type === "checkbox") continue;
    field.value = value;
    const rich = field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor;
    rich?.commands.setContent(value, { emitUpdate: true });
  }
}

function offer(kept) {
  const note = document.querySelector("[data-unsaved]");
  if (!note || kept?.path !== location.pathname) return;
  if (JSON.stringify(kept.words) === JSON.stringify(values())) return;
  note.hidden = false;
  note.addEventListener("click", ({ target }) => {
    if (target.matches("[data-bring-back]")) bringBack(kept.words);
    if (target.matches("button")) note.hidden = true;
  });
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

if (form) {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  const wasSaved = document.querySelector(".messagelist .success");
  const isRefused = form.querySelector(".errornote");
  sessionStorage.removeItem(KEY);
  if (!wasSaved && !isRefused) offer(kept);

  let dirty = Boolean(isRefused);
  let lastSeen = Date.now();
  const keep = () => {
    const words = { path: location.pathname, words: values() };
    if (dirty) sessionStorage.setItem(KEY, JSON.stringify(words));
  };
  const touched = () => {
    dirty = true;
    if (Date.now() - lastSeen > AWAKE_EVERY) {
      lastSeen = Date.now();
      fetch(location.pathname, { method: "HEAD", credentials: "same-origin" });
    }
  };
  let leaving = false;
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", (event) => {
    keep();
    leaving = event.submitter?.formTarget !== "_blank";
  });
  addEventListener("pagehide", keep);
  addEventListener("beforeunload", (event) => {
    if (dirty && !leaving) event.preventDefault();
  });
}
