// What is chosen from lists of several. Django's pair of lists marks its choice only as the form is
// sent, and neither that nor the list with a search tells of a change by an event of the browser.
const LISTS = "select[multiple]:not([name$=_old])";
const isPair = (list) => list.closest(".selector") !== null;
const chosen = (list) => (isPair(list) ? SelectBox.cache[list.id] : [...list.selectedOptions]);

// All that would be sent.
export function formData(form) {
  const data = new FormData(form);
  for (const list of form.querySelectorAll(LISTS)) {
    data.delete(list.name);
    for (const { value } of chosen(list)) data.append(list.name, value);
  }
  return data;
}

// The choices as [name, value, label].
export function choices(form) {
  const lists = [...form.querySelectorAll(LISTS)];
  return lists.flatMap((list) => chosen(list).map(({ value, text }) => [list.name, value, text]));
}

// Choose these instead; a list with a search may not hold them yet.
export function setChoices(form, all) {
  for (const list of form.querySelectorAll(LISTS)) {
    const wanted = all.filter(([name]) => name === list.name);
    const mark = ({ options }) => {
      for (const each of options) each.selected = wanted.some(([, value]) => value === each.value);
    };
    if (isPair(list)) {
      const other = document.getElementById(list.id.replace(/_to$/, "_from"));
      for (const { id } of [list, other]) SelectBox.filter(id, "");
      SelectBox.move_all(list.id, other.id);
      mark(other);
      SelectBox.move(other.id, list.id);
      SelectFilter.refresh_icons(list.id.replace(/_to$/, ""));
    } else {
      const isThere = (value) => [...list.options].some((each) => each.value === value);
      for (const [, value, label] of wanted) if (!isThere(value)) list.add(new Option(label, value));
      mark(list);
      django.jQuery(list).trigger("change");
    }
  }
}

export function onChoice(form, tell) {
  for (const list of form.querySelectorAll(LISTS)) {
    const { name } = list;
    const now = () => String(formData(form).getAll(name).sort());
    let before = now();
    const look = () => {
      if (now() === before) return;
      before = now();
      tell();
    };
    new MutationObserver(look).observe(list.parentElement, { childList: true, subtree: true });
  }
}

// What is typed or marked to find something is no choice yet.
export const isOnlyLookedFor = (field) => field.closest(".selector, .select2") !== null;
