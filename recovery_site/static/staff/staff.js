// Writing must survive a long think: the log-off for idle people doesn't count typing as idle,
// and leaving a page with unsaved words asks first.
const form = document.querySelector("form[id$=_form]:has([name=base])");
const AWAKE_EVERY = 4 * 60 * 1000;

if (form) {
  let dirty = false;
  let lastSeen = Date.now();
  const touched = () => {
    dirty = true;
    if (Date.now() - lastSeen > AWAKE_EVERY) {
      lastSeen = Date.now();
      fetch(location.pathname, { method: "HEAD", credentials: "same-origin" });
    }
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", (event) => {
    dirty = event.submitter?.formTarget === "_blank" && dirty;
  });
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}
