// The card and the shift handover work without this. Here: a long call keeps its claim, whoever
// is writing stays logged in, and no note is lost or sent twice. What is written about a person is
// never stored by the browser.
const MINUTE = 60 * 1000;
const WRITING = 60; // minutes, as data-minutes is
const RENEW_EVERY = 2 * MINUTE;
const SAFE_WITHOUT_ASKING = 10 * MINUTE;
const SENDING = 15 * 1000;

const card = document.querySelector("[data-card]");
const { card: address, minutes } = card.dataset;
const { keepAliveUrl } = document.body.dataset;
// Only if the call is ours, and until it is not.
let { renew } = card.dataset;
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

// Whether the server still knows us, which keeps us logged in and the claim, if given, ours.
async function isKnown(claim) {
  let status;
  try {
    const renewal = { method: "POST", headers: { "X-CSRFToken": token } };
    ({ status } = await fetch(claim ?? keepAliveUrl, { ...(claim && renewal), redirect: "manual" }));
  } catch {
    status = 0;
  }
  if (status === 409) {
    renew = undefined;
    lost.hidden = false;
  }
  const known = status === 204 || status === 409;
  loggedOff.hidden = known;
  return known;
}

const hasWords = (form) =>
  [...form.querySelectorAll("[data-words]")].some((field) => field.value.trim());

// A caller is not kept from others for as long as half-written words are kept from a log-off.
setInterval(() => {
  const idle = (Date.now() - lastTouch) / MINUTE;
  if (renew && idle <= minutes) isKnown(renew);
  else if (idle <= WRITING && forms.some(hasWords)) isKnown();
}, RENEW_EVERY);

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
  const known = await isKnown(renew);
  free(form);
  if (known) {
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
  } else if (!sending && hasWords(form) && Date.now() - opened > SAFE_WITHOUT_ASKING) {
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
