// Fields for an address, in the editor's link dialog and where a page is taken off the site: what is
// no address is not taken, what was probably meant is offered, and own pages are found by title.
const FIELDS = ".prose-editor-dialog input[name=href], input[data-pages]";
const PAUSE = 200;
const { url, offer, pages, newLink, add } = document.getElementById("links").dataset;
const answers = new WeakMap();

async function ask(typed) {
  const response = await fetch(`${url}?${new URLSearchParams({ q: typed })}`);
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
    throw new Error(String(response.status));
  }
  return response.json();
}

function boxOf(field) {
  let box = field.parentElement.querySelector(".link-offers");
  if (!box) {
    box = document.createElement("div");
    box.className = "link-offers";
    box.setAttribute("role", "status");
    field.after(box);
  }
  return box;
}

function choice(field, label, address) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = label;
  button.addEventListener("click", () => {
    field.value = address;
    field.focus();
    check(field);
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function show(field, answer) {
  const list = document.createElement("ul");
  const { problem, suggestion } = answer;
  if (suggestion) list.append(choice(field, `${offer} ${suggestion}`, suggestion));
  for (const page of answer.pages) {
    if (page.url !== field.value) list.append(choice(field, `${page.title} (${page.url})`, page.url));
  }
  const text = document.createElement("p");
  const isTitle = answer.is_refused && answer.pages.length && !suggestion;
  text.textContent = (!isTitle && problem) || (answer.pages.length ? pages : "");
  boxOf(field).replaceChildren(...(field.value.trim() ? [text, list] : []));
}

async function check(field) {
  const typed = field.value;
  let answer = { problem: "", is_refused: false, suggestion: "", pages: [] };
  try {
    answer = await ask(typed);
  } catch {
    // Offline, or the session ended: the server looks at links again when the words are saved.
  }
  if (field.value !== typed) return;
  answers.set(field, typed);
  const isTitle = field.matches("[data-pages]");
  field.setCustomValidity(answer.is_refused && !(isTitle && !typed) ? answer.problem : "");
  show(field, answer);
}

// The editor's dialogs bring a heading that names nothing, and call a new link "Edit Link", "Update".
document.addEventListener("focusin", ({ target }) => {
  const dialog = target.closest?.(".prose-editor-dialog");
  const heading = dialog?.querySelector("h3");
  if (!heading || heading.id) return;
  heading.id = "prose-editor-dialog-title";
  dialog.closest("dialog").setAttribute("aria-labelledby", heading.id);
  const field = dialog.querySelector("input[name=href]");
  if (!field || field.value) return;
  heading.textContent = newLink;
  dialog.querySelector("button[type=submit]").textContent = add;
});

let timer;
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.(FIELDS)) return;
  target.setCustomValidity("");
  clearTimeout(timer);
  timer = setTimeout(() => check(target), PAUSE);
});

// The dialog closes with its button: what was not looked at yet is looked at first.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.(".prose-editor-dialog button[type=submit]");
    const field = button?.form.querySelector(FIELDS);
    if (!field || answers.get(field) === field.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    check(field).then(() => button.click());
  },
  true,
);
