// The box above the ticks: all of this page, or none.
const all = document.querySelector("[data-tick-all]");

if (all) {
  const boxes = [...document.querySelectorAll('input[name="row"]')];
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) {
      box.checked = all.checked;
    }
  });
}
