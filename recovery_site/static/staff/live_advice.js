// Asks the site for advice when the hands rest, marks the sentences and lists the reasons beside the
// text. Typing never waits for it; without a connection there is none.
const PAUSE = 1000;
// Elements within a paragraph: all others begin a new one.
const INLINE = new Set(["A", "B", "EM", "I", "SPAN", "STRONG", "SUB", "SUP"]);
const FIELDS = ["title", "summary", "body"];
const texts = document.getElementById("live-advice").dataset;
const form = document.querySelector("form[id$=_form]:has([name=base])");
const made = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const panel = made("live-advice-panel");
const list = panel.querySelector("[data-pieces]");
const marks = globalThis.Highlight && CSS.highlights ? new Highlight() : null;

let timer = 0;
let request = null;
let asked = "";
let pieces = [];
let listed = "";

const area = () => form.querySelector(".field-body .ProseMirror[contenteditable=true]");
const words = () => FIELDS.map((name) => [name, form.elements[name]?.value ?? ""]);

// What an area holds, with one space for each gap, and the node and offset of each character.
function read(root) {
  let text = "";
  const places = [];
  const add = (character, ...place) => {
    if (character === " " && (!text || text.endsWith(" "))) return;
    text += character;
    places.push(place);
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.ELEMENT_NODE && !INLINE.has(node.tagName)) add(" ", node, 0);
    for (let at = 0; at < (node.data?.length ?? 0); at++) {
      add(node.data[at].replace(/\s/, " "), node, at);
    }
  }
  return { text, places };
}

// Each place of the passage, as ranges, which change nothing of the text.
function rangesOf({ text, places }, passage) {
  const wanted = passage.replace(/\s+/g, " ").trim();
  const ranges = [];
  for (let at = text.indexOf(wanted); wanted && at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const [last, offset] = places[at + wanted.length - 1];
    const range = document.createRange();
    range.setStart(...places[at]);
    range.setEnd(last, offset + 1);
    ranges.push(range);
  }
  return ranges;
}

function mark() {
  marks?.clear();
  if (!marks || !pieces.length || !area()) return;
  const found = read(area());
  for (const { passage } of pieces.flatMap((piece) => piece.places)) {
    for (const range of rangesOf(found, passage)) marks.add(range);
  }
}

function placeOf({ passage, digest }) {
  const item = made("live-advice-place");
  item.dataset.digest = digest;
  item.querySelector("q").textContent = passage;
  if (!passage) for (const each of item.querySelectorAll("q, [data-show]")) each.remove();
  if (!digest) for (const each of item.querySelectorAll("[data-dismiss], div")) each.remove();
  return item;
}

function pieceOf({ text, places }) {
  const item = made("live-advice-piece");
  item.querySelector("p").textContent = text;
  const shown = places.filter(({ passage, digest }) => passage || digest);
  item.querySelector("ul").append(...shown.map(placeOf));
  return item;
}

// The list stays as it is while somebody is in it.
function show() {
  const wanted = JSON.stringify(pieces);
  if (wanted === listed || list.contains(document.activeElement)) return;
  listed = wanted;
  list.replaceChildren(...pieces.map(pieceOf));
}

// Read out only when it changes: how many there are, and not which.
function tell(found, said) {
  pieces = found;
  mark();
  show();
  panel.querySelector("summary").textContent = said;
  const status = panel.querySelector("[role=status]");
  if (status.textContent !== said) status.textContent = said;
}

// What the site refuses, if anything.
async function send(more) {
  request?.abort();
  const current = new AbortController();
  request = current;
  const body = new URLSearchParams([...words(), ...Object.entries(more)]);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const options = { method: "POST", body, headers, redirect: "manual", signal: current.signal };
  try {
    const response = await fetch(texts.url, options);
    const isAnswer = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = isAnswer ? await response.json() : {};
    if (current.signal.aborted || answer.error) return answer.error ?? "";
    if (response.ok && isAnswer) tell(answer.pieces, answer.said);
    else if (response.type === "opaqueredirect" || response.status === 403) tell([], texts.loggedOut);
    else tell([], texts.failed);
  } catch {
    if (current.signal.aborted) return "";
    asked = "";
    tell([], texts.offline);
  }
  return "";
}

async function ask() {
  clearTimeout(timer);
  const now = JSON.stringify(words());
  if (now === asked) return;
  asked = now;
  const refusal = await send({});
  if (refusal) tell([], `${texts.refused} ${refusal}`);
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

async function dismiss(item) {
  const { digest } = item.dataset;
  clearTimeout(timer);
  const refusal = await send({ dismiss: digest, reason: item.querySelector("input").value });
  if (refusal) {
    item.querySelector("[role=alert]").textContent = refusal;
    item.querySelector("input").focus();
    return;
  }
  if (pieces.some(({ places }) => places.some((each) => each.digest === digest))) return;
  for (const quotation of document.querySelectorAll(`q[data-digest="${digest}"]`)) {
    quotation.after(` ${texts.dismissed}`);
  }
  panel.querySelector("summary").focus();
}

// The caret goes to a sentence only when its button is pressed.
function goTo(passage) {
  for (const field of [form.elements.title, form.elements.summary]) {
    const from = field?.value.indexOf(passage) ?? -1;
    if (from < 0) continue;
    field.focus();
    field.setSelectionRange(from, from + passage.length);
    return;
  }
  const [range] = area() ? rangesOf(read(area()), passage) : [];
  if (!range) {
    // The words changed since.
    later();
    return;
  }
  const { editor } = area();
  const from = editor.view.posAtDOM(range.startContainer, range.startOffset);
  const to = editor.view.posAtDOM(range.endContainer, range.endOffset);
  editor.chain().setTextSelection({ from, to }).focus().scrollIntoView().run();
}

function onClick({ target }) {
  const item = target.closest("[data-digest]");
  if (target.matches("[data-show]")) goTo(item.querySelector("q").textContent);
  else if (target.matches("[data-for-good]")) dismiss(item);
  else if (target.matches("[data-dismiss]")) {
    const box = item.querySelector("div");
    box.hidden = !box.hidden;
    target.setAttribute("aria-expanded", !box.hidden);
    if (!box.hidden) box.querySelector("input").focus();
  }
}

function onKey(event) {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  dismiss(event.target.closest("[data-digest]"));
}

form.querySelector(".form-row.field-body").append(panel);
panel.querySelector("details").open = matchMedia("(min-width: 1200px)").matches;
if (marks) CSS.highlights.set("advice", marks);
// What is written here is no part of the page: it is not kept, and Enter saves nothing.
for (const name of ["input", "change"]) panel.addEventListener(name, (event) => event.stopPropagation());
panel.addEventListener("keydown", onKey);
panel.addEventListener("click", onClick);
panel.addEventListener("focusout", () => setTimeout(show));
form.addEventListener("input", later);
form.addEventListener("change", later);
addEventListener("online", later);
addEventListener("offline", () => {
  asked = "";
  tell([], texts.offline);
});
// Once the editor has taken up the words.
later();
