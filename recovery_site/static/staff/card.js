// The card and the shift handover work without this script. It keeps the claim during a long call
// and the session while someone types, and prevents notes from being lost or sent twice. It stores
// nothing that is written about a person in the browser.
const MINUTE = 60 * 1000;
const TYPING_MINUTES = 60;
const RENEW_EVERY = 2 * MINUTE;
// A session cannot have ended before this; later, ask before a form is sent.
const SESSION_IS_SURE = 10 * MINUTE;
const SENDING_TIMEOUT = 15 * 1000;

const card = document.querySelector("[data-card-url]");
const { cardUrl, minutes } = card.dataset;
const { keepAliveUrl } = document.body.dataset;
// Set while this person holds the call.
let { renewUrl } = card.dataset;
const token = card.querySelector("[name=csrfmiddlewaretoken]")?.value;
const forms = [...card.querySelectorAll("form")];
const claimLost = card.querySelector("[data-claim-lost]");
const loggedOff = card.querySelector("[data-logged-off]");
const opened = Date.now();
let lastTouch = opened;
let sent = null;

for (const type of ["input", "keydown", "pointerdown", "scroll"]) {
  addEventListener(type, () => (lastTouch = Date.now()), { passive: true });
}

// After a refused form, the address is the form's: a reload would offer to send it again.
if (location.pathname !== new URL(cardUrl, location).pathname) {
  history.replaceState(null, "", cardUrl);
}
card.querySelector(".card__error")?.focus();

// Whether the session is alive. Asking extends it, and the claim too if its address is given.
async function isLoggedIn(claimUrl) {
  let status;
  try {
    const renewal = { method: "POST", headers: { "X-CSRFToken": token } };
    ({ status } = await fetch(claimUrl ?? keepAliveUrl, { ...(claimUrl && renewal), redirect: "manual" }));
  } catch {
    status = 0;
  }
  if (status === 409) {
    renewUrl = undefined;
    claimLost.hidden = false;
  }
  const isAlive = status === 204 || status === 409;
  loggedOff.hidden = isAlive;
  return isAlive;
}

const hasText = (form) =>
  [...form.querySelectorAll("[data-unsaved-text]")].some((field) => field.value.trim());

// An idle claim ends sooner than a session with unsaved text: colleagues can call the person.
setInterval(() => {
  const idle = (Date.now() - lastTouch) / MINUTE;
  if (renewUrl && idle <= minutes) isLoggedIn(renewUrl);
  else if (idle <= TYPING_MINUTES && forms.some(hasText)) isLoggedIn();
}, RENEW_EVERY);

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
    loggedOff.scrollIntoView({ block: "center" });
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
