// The card and the shift handover work without this script. It keeps the claim during a call while
// somebody touches the page, and prevents notes from being lost or sent twice. It stores nothing that
// is written about a person in the browser.
const MINUTE = 60 * 1000;
const RENEW_EVERY = MINUTE;
// A session cannot have ended before this; later, ask before a form is sent.
const SESSION_IS_SURE = 10 * MINUTE;
const SENDING_TIMEOUT = 15 * 1000;

const card = document.querySelector("[data-card-url]");
const { cardUrl } = card.dataset;
const { keepAliveUrl } = document.body.dataset;
// Set while this person holds the call.
let { renewUrl } = card.dataset;
const token = card.querySelector("[name=csrfmiddlewaretoken]")?.value;
const forms = [...card.querySelectorAll("form")];
const noConnection = card.querySelector("[data-logged-off]");
const opened = Date.now();
let renewed = opened;
let sent = null;

// The claim of whoever does nothing ends: colleagues can call the person.
function touched({ isTrusted }) {
  // A card that was cleared is no longer in the page.
  if (!isTrusted || !renewUrl || !card.isConnected || Date.now() - renewed < RENEW_EVERY) return;
  renewed = Date.now();
  isLoggedIn(renewUrl);
}

for (const type of ["input", "keydown", "pointerdown", "touchmove", "wheel"]) {
  addEventListener(type, touched, { passive: true });
}

// After a refused form, the address is the form's: a reload would offer to send it again.
if (location.pathname !== new URL(cardUrl, location).pathname) {
  history.replaceState(null, "", cardUrl);
}
card.querySelector(".card__error")?.focus();

// Whether the session is alive. Somebody is there: asking extends it, and the claim too if its
// address is given.
async function isLoggedIn(claimUrl) {
  let response;
  try {
    const renewal = { method: "POST", headers: { "X-CSRFToken": token } };
    response = await fetch(claimUrl ?? keepAliveUrl, { ...(claimUrl && renewal), redirect: "manual" });
  } catch {
    response = { status: 0 };
  }
  const { status, type } = response;
  if (status === 409) renewUrl = undefined;
  if (type === "opaqueredirect" || status === 403) dispatchEvent(new Event("sessionended"));
  const isAlive = status === 204 || status === 409;
  noConnection.hidden = isAlive;
  return isAlive;
}

const hasText = (form) =>
  [...form.querySelectorAll("[data-unsaved-text]")].some((field) => field.value.trim());

addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form !== sent && hasText(form))) event.preventDefault();
});

function setSending(form, isSending) {
  for (const button of form.querySelectorAll("button:not([hidden])")) button.disabled = isSending;
}

function allowSending(form) {
  delete form.dataset.sending;
  sent = null;
  setSending(form, false);
}

// Sent after the session ended, a note would be answered with a log-in page and be lost.
async function sendIfLoggedIn(form, submitter) {
  setSending(form, true);
  const isSure = await isLoggedIn(renewUrl);
  allowSending(form);
  if (isSure) {
    form.dataset.sending = "sure";
    form.requestSubmit(submitter);
  } else {
    noConnection.scrollIntoView({ block: "center" });
  }
}

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!forms.includes(form)) return;
  const { sending } = form.dataset;
  if (sending && sending !== "sure") {
    event.preventDefault();
  } else if (!sending && hasText(form) && Date.now() - opened > SESSION_IS_SURE) {
    event.preventDefault();
    form.dataset.sending = "asking";
    sendIfLoggedIn(form, submitter);
  } else {
    form.dataset.sending = "yes";
    sent = form;
    // Later: a disabled button would not be sent with its form.
    setTimeout(() => setSending(form, true));
    setTimeout(() => allowSending(form), SENDING_TIMEOUT);
  }
});
addEventListener("pageshow", () => forms.forEach(allowSending));
