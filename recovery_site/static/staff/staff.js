// Small helps for the forms of staff.
const form = document.querySelector("form[id$=_form]:has([name=base])");

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

// Ctrl+S, on a Mac Cmd+S, saves as “Save draft” does.
function saveByKey(event) {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  const button = form.querySelector("[name=_save]");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
}

if (form) document.addEventListener("keydown", saveByKey);
