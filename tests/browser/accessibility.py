"""What axe-core finds on a page: in light and dark, and at another width."""

from __future__ import annotations

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL = (*WCAG, "best-practice")
# All that can differ in the dark.
OF_COLOURS = {"color-contrast", "color-contrast-enhanced", "link-in-text-block"}
# All that can differ for elements that show at both widths, in parts where none shows or hides.
OF_LAYOUT = {"color-contrast", "scrollable-region-focusable", "target-size"}
REMEMBER = """() => {
  window.shown = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility());
}"""
# Where something shows or hides: it may have given its neighbours their names, or their order.
CHANGED = """() => {
  const before = new Set(window.shown);
  const now = new Set(
    [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()));
  const changed = [...before].filter((e) => !now.has(e) && e.isConnected)
    .concat([...now].filter((e) => !before.has(e)));
  window.parts = [...new Set(changed.map((e) => e.parentElement))]
    .filter((e) => e.checkVisibility());
  return window.parts.length;
}"""
RUN = """([within, exclude, options]) => axe.run(
  {include: within === "parts" ? window.parts : [document], exclude}, options)"""


def violations(axe, page, rules=ALL, leaving_out=()):
    """What axe-core finds against `rules` in light and dark, a line each.

    The public pages keep all rules.
    """
    found = _in_light_and_dark(axe, page, "page", rules, leaving_out)
    page.evaluate(REMEMBER)
    return found


def violations_at(axe, page, viewport, rules=ALL, leaving_out=()):
    """The same at another width, after `violations` found what is wrong whatever the width.

    Layout is looked at everywhere, all else where something shows or hides.
    """
    page.set_viewport_size(viewport)
    layout = {"type": "rule", "values": sorted(OF_LAYOUT)}
    found = _run(axe, page, "page", layout, leaving_out)
    if page.evaluate(CHANGED):
        found += _in_light_and_dark(axe, page, "parts", rules, leaving_out)
    return found


def _in_light_and_dark(axe, page, within, rules, leaving_out):
    found = _run(axe, page, within, list(rules), leaving_out)
    _show(page, "dark")
    colours = {"type": "rule", "values": sorted(OF_COLOURS)}
    found += _run(axe, page, within, colours, leaving_out)
    _show(page, "light")
    return found


def _show(page, scheme):
    page.emulate_media(color_scheme=scheme)
    # Colours may fade from one to the other, and in parts that are folded never end by themselves.
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")


def _run(axe, page, within, rules, leaving_out):
    # Neither what passes nor style sheets of other hosts, of which there are none, are looked at.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    # To read axe-core's half megabyte takes as long as a run of it.
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.axe_script)
    # What the strip at the top covers half is no small target: one scrolls.
    page.evaluate("scrollTo(0, 0)")
    exclude = [[selector] for selector in leaving_out]
    return [
        f"{page.url} {rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in page.evaluate(RUN, [within, exclude, options])["violations"]
        for node in rule["nodes"]
    ]
