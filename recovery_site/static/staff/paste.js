// What is pasted from a word processor, a mail or a chat is understood by the server, as imported
// documents are: lists stay lists, and what is left out is said. Without it the editor pastes by
// itself.
const OWN = "data-pm-slice";
const PICTURES = /src\s*=\s*(["'])data:.*?\1/gis;

function noticeBelow(area) {
  const box = area.closest(".prose-editor");
  let notice = box.parentElement.querySelector(".paste-notice");
  if (!notice) {
    notice = document.createElement("div");
    notice.className = "paste-notice";
    notice.setAttribute("role", "status");
    box.after(notice);
  }
  return notice;
}

function say(area, heading, lines = []) {
  const notice = noticeBelow(area);
  notice.replaceChildren();
  if (!heading) return;
  const title = document.createElement("strong");
  title.textContent = heading;
  const list = document.createElement("ul");
  for (const line of lines) {
    list.appendChild(document.createElement("li")).textContent = line;
  }
  notice.append(title, list);
}

async function understood(form, url, html, text) {
  const body = new URLSearchParams({ html, text });
  const token = form.elements.csrfmiddlewaretoken.value;
  const response = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, body });
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
    throw new Error(String(response.status));
  }
  return response.json();
}

async function paste(area, html, text) {
  const { url, leftOut, failed } = document.getElementById("paste").dataset;
  const { view } = area.editor;
  try {
    const answer = await understood(area.closest("form"), url, html.replace(PICTURES, ""), text);
    if (answer.error) {
      say(area, answer.error);
      return;
    }
    view.pasteHTML(answer.html);
    say(area, answer.left_out.length ? leftOut : "", answer.left_out);
  } catch {
    // Offline, or the session ended: the words at least.
    view.pasteText(text);
    say(area, failed);
  }
}

document.addEventListener(
  "paste",
  (event) => {
    const area = event.target.closest?.(".ProseMirror[contenteditable]");
    const data = event.clipboardData;
    if (!area?.editor || !data || !document.getElementById("paste")) return;
    const html = data.getData("text/html");
    const text = data.getData("text/plain");
    // Words copied within the editor fit already; a single line needs nothing.
    if (html.includes(OWN) || (!html && !text.includes("\n"))) return;
    event.preventDefault();
    event.stopPropagation();
    paste(area, html, text);
  },
  true,
);
