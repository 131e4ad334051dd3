// The dialog of the picture button: a file, what it shows, and words below it. The server keeps the
// file and says where it is; the text names it from there.
const { url, failed, tooLarge, change } = document.getElementById("pictures").dataset;
const dialog = document.getElementById("picture-form").content.firstElementChild.cloneNode(true);
const form = dialog.querySelector("form");
const { file, alt, decorative, caption } = form.elements;
const status = dialog.querySelector("[role=alert]");
const title = dialog.querySelector("h2");
const add = title.textContent;
const MOST_BYTES = Number(file.dataset.mostBytes);
const watched = new WeakSet();
let editor;
let shown;
let sending;

// The picture at the cursor: itself, its figure, or the words below it.
function pictureAt({ selection }) {
  const { $from, node } = selection;
  if (node?.type.name === "image") return { place: selection.from, node };
  if (node?.type.name === "figure") return { place: selection.from + 1, node: node.firstChild };
  for (let depth = $from.depth; depth > 0; depth--) {
    const around = $from.node(depth);
    if (around.type.name === "figure") return { place: $from.start(depth), node: around.firstChild };
  }
  return null;
}

// Write on below the picture at the cursor: in the text that stands there, or in a new paragraph.
function goOnBelow(isNew) {
  const { selection, doc } = editor.state;
  const { $from, node } = selection;
  let place = node?.type.name === "figure" ? selection.to : null;
  for (let depth = $from.depth; depth > 0; depth--) {
    if ($from.node(depth).type.name === "figure") place = $from.after(depth);
  }
  if (place === null) return false;
  const chain = editor.chain().focus();
  if (isNew || !doc.nodeAt(place)?.isTextblock) chain.insertContentAt(place, { type: "paragraph" });
  return chain.setTextSelection(place + 1).run();
}

function askForText() {
  alt.required = !decorative.checked;
  alt.disabled = decorative.checked;
}

function open(area) {
  editor = area.editor;
  shown = pictureAt(editor.state);
  form.reset();
  status.textContent = "";
  title.textContent = shown ? change : add;
  file.required = !shown;
  alt.value = shown?.node.attrs.alt ?? "";
  decorative.checked = shown?.node.attrs.alt === "";
  // Words that stand below a picture already are changed there.
  caption.closest("p").hidden = Boolean(shown);
  askForText();
  dialog.showModal();
}

async function keep(chosen) {
  const body = new FormData();
  body.set("file", chosen);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  sending = new AbortController();
  const { signal } = sending;
  const headers = { "X-CSRFToken": token };
  const response = await fetch(url, { method: "POST", headers, body, signal });
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
    throw new Error(String(response.status));
  }
  return response.json();
}

function put(attrs) {
  const chain = editor.chain().focus();
  if (shown) {
    chain.setNodeSelection(shown.place).updateAttributes("image", attrs).run();
    return;
  }
  const content = [{ type: "image", attrs }];
  const words = caption.value.trim();
  if (words) content.push({ type: "caption", content: [{ type: "text", text: words }] });
  chain.insertContent({ type: "figure", content }).run();
  goOnBelow(false);
}

async function submit() {
  const attrs = { alt: decorative.checked ? "" : alt.value.trim() };
  if (file.files.length) {
    if (file.files[0].size > MOST_BYTES) {
      status.textContent = tooLarge;
      return;
    }
    const answer = await keep(file.files[0]);
    if (answer.error) {
      status.textContent = answer.error;
      return;
    }
    attrs.src = answer.src;
  }
  dialog.close();
  put(attrs);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await submit();
  } catch {
    // Offline, or the session ended.
    status.textContent = failed;
  }
  button.disabled = false;
});
decorative.addEventListener("change", askForText);
dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
// What was called off is not put in when it has arrived.
dialog.addEventListener("close", () => sending?.abort());
document.body.append(dialog);

// Below a picture and in the words under it, the editor itself would write into these or into the
// picture's own place.
document.addEventListener(
  "keydown",
  (event) => {
    const area = event.target.closest?.(".ProseMirror[contenteditable=true]");
    const isEnter = event.key === "Enter" && !event.shiftKey;
    const isCharacter = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
    if (!area?.editor || event.isComposing || !(isEnter || isCharacter)) return;
    editor = area.editor;
    const isSelected = editor.state.selection.node?.type.name === "figure";
    if (!(isEnter || isSelected) || !goOnBelow(true) || !isEnter) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

// A picture is selected with its figure: without, Delete and cut would leave a broken one.
function selectWhole({ editor: its }) {
  const { $from } = its.state.selection;
  if ($from.parent.type.name === "figure") its.commands.setNodeSelection($from.before());
}
function watchAll() {
  for (const area of document.querySelectorAll(".prose-editor .ProseMirror[contenteditable=true]")) {
    if (!area.editor || watched.has(area.editor)) continue;
    watched.add(area.editor);
    area.editor.on("selectionUpdate", selectWhole);
  }
}
document.addEventListener("prose-editor:ready", watchAll);
watchAll();

// In place of the editor's own dialog, which asks for an address.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.(".prose-menubar [data-name=figure]");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const area = button.closest(".prose-editor").querySelector(".ProseMirror[contenteditable=true]");
    if (area?.editor) open(area);
  },
  true,
);
