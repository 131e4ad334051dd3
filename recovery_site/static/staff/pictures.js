// The dialog of the picture button: a file, what it shows, and words below it. The server keeps the
// file and says where it is; the text names it from there.
const { url, failed } = document.getElementById("pictures").dataset;
const dialog = document.getElementById("picture-form").content.firstElementChild.cloneNode(true);
const form = dialog.querySelector("form");
const { file, alt, decorative, caption } = form.elements;
const status = dialog.querySelector("[role=alert]");
let editor;
let shown;

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

function askForText() {
  alt.required = !decorative.checked;
  alt.disabled = decorative.checked;
}

function open(area) {
  editor = area.editor;
  shown = pictureAt(editor.state);
  form.reset();
  status.textContent = "";
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
  const response = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, body });
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
}

async function submit() {
  const attrs = { alt: decorative.checked ? "" : alt.value.trim() };
  if (file.files.length) {
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
    // Offline, too large for the server before us, or the session ended.
    status.textContent = failed;
  }
  button.disabled = false;
});
decorative.addEventListener("change", askForText);
dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
document.body.append(dialog);

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
