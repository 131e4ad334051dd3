// Tells the server that the form of a page is open here, and shows who else has it open.
// The page does so by itself, so that it keeps nobody logged in.
const ASK_EVERY = 30 * 1000;
const line = document.querySelector("[data-others]");
const form = document.querySelector("form[id$=_form]:has([name=base])");
const { url } = line?.dataset ?? {};
const thisWindow = crypto.randomUUID();
let timer = 0;

async function pulse(state = {}) {
  const { value } = form.elements.csrfmiddlewaretoken;
  const body = new URLSearchParams({ window: thisWindow, ...state });
  const headers = { "X-CSRFToken": value };
  const options = { method: "POST", body, headers, redirect: "manual", keepalive: "closed" in state };
  try {
    const response = await fetch(url, options);
    return response.status === 200 ? (await response.json()).others : "";
  } catch {
    return "";
  }
}

async function ask() {
  clearTimeout(timer);
  timer = setTimeout(ask, ASK_EVERY);
  const others = await pulse();
  // Read out once, not at each answer.
  if (line.textContent !== others) line.textContent = others;
}

if (url && form) {
  ask();
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    pulse({ closed: "1" });
  });
  addEventListener("pageshow", ({ persisted }) => persisted && ask());
}
