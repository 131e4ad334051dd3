// The card works without this. Here: a long call keeps its claim, and no note is lost or sent
// twice. What is written about a person is never stored by the browser.
const MINUTE = 60 * 1000;
const RENEW_EVERY = 2 * MINUTE;
const SAFE_WITHOUT_ASKING = 10 * MINUTE;
const SENDING = 15 * 1000;

const card = document.querySelector("[data-card]");
const { renew, minutes, card: address } = card.dataset;
const token = card.querySelector("[name=csrfmiddlewaretoken]")?.value;
const forms = [...card.querySelectorAll("form")];
const lost = card.querySelector("[data-lost]");
const loggedOff = card.querySelector("[data-logged-off]");
const opened = Date.now();
let lastTouch = opened;
let sent = null;

for (const sign of ["input", "keydown", "pointerdown", "scroll"]) {
  addEventListener(sign, () => (lastTouch = Date.now()), { passive: true });
}

// A page that answered a form would ask to send it again on a reload: show the card's address.
if (location.pathname !== new URL(address, location).pathname) {
  history.replaceState(null, "", address);
}
card.querySelector(".card__said")?.focus();

// True while the claim is ours, false once it is not, null if the server did not know us.
async function renewClaim() {
  let status;
  try {
    const headers = { "X-CSRFToken": token };
    ({ status } = await fetch(renew, { method: "POST", headers, redirect: "manual" }));
  } catch {
    status = 0;
  }
  const isOurs = { 204: true, 409: false }[status] ?? null;
  lost.hidden = isOurs !== false;
  loggedOff.hidden = isOurs !== null;
  return isOurs;
}

if (renew) {
  const timer = setInterval(async () => {
    if (Date.now() - lastTouch > minutes * MINUTE) return;
    if ((await renewClaim()) === false) clearInterval(timer);
  }, RENEW_EVERY);
}

const hasWords = (form) =>
  [...form.querySelectorAll("[data-words]")].some((field) => field.value.trim());
addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form !== sent && hasWords(form))) event.preventDefault();
});

function setSending(form, isSending) {
  for (const button of form.querySelectorAll("button:not([hidden])")) button.disabled = isSending;
}

function free(form) {
  delete form.dataset.sending;
  sent = null;
  setSending(form, false);
}

// A log-in page in answer to a note would be the end of the note.
async function sendIfKnown(form, submitter) {
  setSending(form, true);
  const isKnown = (await renewClaim()) !== null;
  free(form);
  if (isKnown) {
    form.dataset.sending = "known";
    form.requestSubmit(submitter);
  } else {
    loggedOff.scrollIntoView({ block: "center" });
  }
}

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!forms.includes(form)) return;
  const { sending } = form.dataset;
  if (sending && sending !== "known") {
    event.preventDefault();
  } else if (renew && !sending && hasWords(form) && Date.now() - opened > SAFE_WITHOUT_ASKING) {
    event.preventDefault();
    form.dataset.sending = "asking";
    sendIfKnown(form, submitter);
  } else {
    form.dataset.sending = "yes";
    sent = form;
    // Not before the browser has taken up which button was pressed.
    setTimeout(() => setSending(form, true));
    setTimeout(() => free(form), SENDING);
  }
});
addEventListener("pageshow", () => forms.forEach(free));
