// The tools of the text editor as one toolbar: a single stop of the Tab key, arrow keys from tool to
// tool, and pressed states that are said. Two lists choose headings and boxes.
const STATES = {
  bold: (editor) => editor.isActive("bold"),
  italic: (editor) => editor.isActive("italic"),
  subscript: (editor) => editor.isActive("subscript"),
  superscript: (editor) => editor.isActive("superscript"),
  bulletList: (editor) => editor.isActive("bulletList"),
  orderedList: (editor) => editor.isActive("orderedList"),
  link: (editor) => editor.isActive("link"),
  figure: (editor) => editor.isActive("figure"),
};
// Of the sticky bars, so that the cursor never hides under them.
const COVERED = { top: 64, right: 0, bottom: 110, left: 0 };

const styles = {
  heading: {
    value: (editor) => String(editor.getAttributes("heading").level ?? ""),
    set: (chain, level) => (level ? chain.setHeading({ level: Number(level) }) : chain.setParagraph()),
  },
  box: {
    value: (editor) =>
      editor.isActive("blockquote") ? editor.getAttributes("blockquote").class || "quotation" : "",
    set: (chain, kind, editor) => {
      const attributes = { class: kind === "quotation" ? null : kind };
      if (!kind) return chain.lift("blockquote");
      return editor.isActive("blockquote")
        ? chain.updateAttributes("blockquote", attributes)
        : chain.wrapIn("blockquote", attributes);
    },
  },
};

function addLists(bar, editor) {
  const template = document.getElementById("toolbar-styles");
  bar.prepend(template.content.cloneNode(true));
  for (const list of bar.querySelectorAll("select")) {
    let isPointed = false;
    list.addEventListener("pointerdown", () => (isPointed = true));
    list.addEventListener("keydown", () => (isPointed = false));
    list.addEventListener("change", (event) => {
      event.stopPropagation();
      // Arrow keys choose one after the other, so that the focus stays with them.
      const chain = isPointed ? editor.chain().focus() : editor.chain();
      styles[list.dataset.style].set(chain, list.value, editor).run();
      show(bar, editor);
    });
    list.addEventListener("input", (event) => event.stopPropagation());
  }
  // A quotation is one of the boxes.
  bar.querySelector("[data-name=blockquote]")?.remove();
}

const tools = (bar) => [...bar.querySelectorAll("button:not(.hidden), select")];

function stopAt(bar, tool) {
  for (const each of bar.querySelectorAll("button, select")) each.tabIndex = each === tool ? 0 : -1;
}

function show(bar, editor) {
  for (const list of bar.querySelectorAll("select")) {
    list.value = styles[list.dataset.style].value(editor);
  }
  for (const button of bar.querySelectorAll("button")) {
    const isPressed = STATES[button.dataset.name]?.(editor);
    if (isPressed !== undefined) {
      button.setAttribute("aria-pressed", isPressed);
      button.classList.toggle("active", isPressed);
    }
    button.setAttribute("aria-disabled", button.classList.contains("disabled"));
  }
  const all = tools(bar);
  if (!all.some((tool) => tool.tabIndex === 0)) stopAt(bar, all[0]);
}

function move(bar, event, editor) {
  if (event.key === "Escape") editor.commands.focus();
  const all = tools(bar);
  const here = all.indexOf(event.target);
  const last = all.length - 1;
  const there = {
    ArrowRight: here === last ? 0 : here + 1,
    ArrowLeft: here === 0 ? last : here - 1,
    Home: 0,
    End: last,
  }[event.key];
  if (here < 0 || there === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  stopAt(bar, all[there]);
  all[there].focus();
}

// Most tables have a header row, which screen readers need.
function withHeaderRow() {
  const choice = document.querySelector(".prose-editor-dialog [name=withHeaderRow]");
  if (choice) choice.value = "Yes";
}

function enhance(editor) {
  const area = editor.view.dom;
  const bar = area.parentElement.querySelector(".prose-menubar");
  if (!bar) {
    // An editor is ready before its tools are.
    editor.on("create", () => enhance(editor));
    return;
  }
  if (bar.getAttribute("role") === "toolbar") return;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", document.getElementById("toolbar").dataset.name);
  area.id ||= "text-area";
  bar.setAttribute("aria-controls", area.id);
  addLists(bar, editor);
  const picture = bar.querySelector("[data-name=figure]");
  if (picture) {
    picture.title = document.getElementById("toolbar").dataset.picture;
    picture.setAttribute("aria-label", picture.title);
  }
  stopAt(bar, tools(bar)[0]);
  bar.addEventListener("keydown", (event) => move(bar, event, editor));
  bar.addEventListener("focusin", ({ target }) => stopAt(bar, target));
  bar.querySelector("[data-name=table]")?.addEventListener("click", withHeaderRow);
  area.addEventListener("keydown", (event) => {
    if (event.key !== "F10" || !event.altKey) return;
    event.preventDefault();
    bar.querySelector("[tabindex='0']").focus();
  });
  editor.setOptions({ editorProps: { scrollMargin: COVERED, scrollThreshold: COVERED } });
  editor.on("transaction", () => show(bar, editor));
  show(bar, editor);
}

// A link to the text leads to the field that stands in its place.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-links a, .missing a");
  const field = link && document.getElementById(link.hash.slice(1));
  const area = field?.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable=true]");
  if (!area) return;
  event.preventDefault();
  area.editor.commands.focus();
  area.editor.commands.scrollIntoView();
});

function enhanceAll() {
  for (const area of document.querySelectorAll(".prose-editor .ProseMirror[contenteditable=true]")) {
    if (area.editor) enhance(area.editor);
  }
}
document.addEventListener("prose-editor:ready", enhanceAll);
enhanceAll();
