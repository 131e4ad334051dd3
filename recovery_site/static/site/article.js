// The contents list stays open beside the text and marks the section being read.
const contents = document.querySelector(".contents details");
if (contents && window.IntersectionObserver) {
  contents.open = matchMedia("(min-width: 64rem)").matches;
  const links = new Map([...contents.querySelectorAll("a")].map((a) => [a.hash.slice(1), a]));
  const watcher = new IntersectionObserver(
    (entries) => {
      const current = entries.find((entry) => entry.isIntersecting);
      if (!current) return;
      for (const [id, link] of links) {
        if (id === current.target.id) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "0px 0px -70% 0px" },
  );
  for (const id of links.keys()) watcher.observe(document.getElementById(id));
}
