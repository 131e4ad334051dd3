// Go to what needs fixing, guess the time zone, send once.

const errors = document.querySelector("[data-error-summary]");
if (errors) errors.focus();

const zones = document.querySelector("select[name=time_zone]");
if (zones && !zones.value && !errors) {
  // Only here: most pages with a form need no time zone.
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Browsers that protect their readers name a zone where nobody lives: ask instead.
  if (here && here.includes("/") && !/^(Etc\/|Atlantic\/Reykjavik)/.test(here)) {
    if (![...zones.options].some((option) => option.value === here)) {
      zones.add(new Option(here.replace(/_/g, " "), here));
    }
    zones.value = here;
  }
}

// Say in words that stay what is missing: browsers' bubbles vanish, and screen readers miss them.
const asking = document.querySelector(".ask");
if (asking) asking.addEventListener("invalid", (event) => {
  const field = event.target;
  event.preventDefault();
  if (field === asking.querySelector("input:invalid")) field.focus();
  if (field.getAttribute("aria-invalid")) return;
  const words = document.createElement("p");
  words.className = "field__error";
  words.id = `${field.id}_error`;
  words.textContent = field.dataset.missing;
  field.before(words);
  field.parentElement.classList.add("field--error");
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.id}_helptext ${words.id}`);
}, true);

// Back may bring answers without opening the fold in which they stand.
const fold = document.querySelector(".fold");
function isChanged({ name, options, value, defaultValue }) {
  if (!options) return value !== defaultValue;
  return name !== "time_zone" && [...options].some((each) => each.selected !== each.defaultSelected);
}
addEventListener("pageshow", () => {
  if (fold && [...fold.querySelectorAll("[name]")].some(isChanged)) fold.open = true;
});

function setSending(form, sending) {
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = sending;
}
addEventListener("submit", ({ target, defaultPrevented }) => {
  if (target.method !== "post" || defaultPrevented) return;
  // Back must not lead to a page that the browser can only show by sending again. A form with
  // errors that has an address of its own is none.
  if (errors && !location.search) history.replaceState(null, "", location.pathname);
  setTimeout(() => setSending(target, true));
  setTimeout(() => setSending(target, false), 15000);
});
addEventListener("pageshow", ({ persisted }) => {
  for (const form of document.forms) setSending(form, false);
  if (!persisted) return;
  // Back from an answer: what is sent now is wanted anew, though its words be the same. From the
  // browser's own error page, which has the form's address or none, it is the same once more.
  const { activation } = window.navigation || {};
  const from = activation && activation.from;
  if (from === null) return;
  if (from && from.url && from.url.split(/[?#]/)[0] === location.origin + location.pathname) return;
  // An address that holds typed words shows none of them once the form was accepted.
  if (errors && location.search) location.reload();
  for (const key of document.querySelectorAll("input[name=key]")) {
    key.value = crypto.getRandomValues(new Uint32Array(4)).join("-");
  }
});
