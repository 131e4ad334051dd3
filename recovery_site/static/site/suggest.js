// Pages to choose from while somebody types into a search field: the combobox of the ARIA
// Authoring Practices, with a list that the keyboard moves through. Without it, the form searches.

for (const [number, input] of document.querySelectorAll("input[name=q]").entries()) {
  const list = document.createElement("ul");
  let options = [];
  let active = -1;
  let timer;

  function set(name, value) {
    input.setAttribute(name, value);
  }

  function choose(index) {
    active = index;
    options.forEach((option, i) => option.setAttribute("aria-selected", i === active));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else set("aria-activedescendant", options[active].id);
  }

  function show(pages) {
    list.textContent = "";
    options = pages.map((page, i) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${i}`;
      option.setAttribute("role", "option");
      option.lang = page.lang;
      option.textContent = page.title;
      option.addEventListener("click", () => location.assign(page.url));
      list.append(option);
      return option;
    });
    list.hidden = !options.length;
    set("aria-expanded", !list.hidden);
    choose(-1);
  }

  function ask() {
    const query = input.value.trim();
    if (query.length < 2) {
      show([]);
      return;
    }
    fetch(`${input.form.action}suggestions/?q=${encodeURIComponent(query)}`, { credentials: "omit" })
      .then((response) => response.json())
      .then((found) => {
        if (query === input.value.trim() && document.activeElement === input) show(found.pages);
      })
      .catch(() => show([]));
  }

  list.id = `_suggestions${number}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.form.querySelector("button").textContent);
  input.form.append(list);
  input.autocomplete = "off";
  set("role", "combobox");
  set("aria-autocomplete", "list");
  set("aria-controls", list.id);
  show([]);

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("blur", () => show([]));
  // The field keeps the focus while an option is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      // Above the first and below the last option lies the field itself.
      const places = options.length + 1;
      choose(((active + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && active >= 0) {
      options[active].click();
    } else if (event.key === "Escape" && options.length) {
      show([]);
    } else {
      return;
    }
    event.preventDefault();
  });
}
