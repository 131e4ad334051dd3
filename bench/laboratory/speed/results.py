"""Tables of what was measured, for the terminal and for RESULTS.md."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bench.laboratory.cpu import Memory
from bench.laboratory.first_visit import LIMIT, MAX_REQUESTS
from bench.laboratory.speed import contestants as names
from bench.laboratory.speed.contestants import LineUp
from bench.laboratory.speed.wrk import CLIENTS, Load

CALM = 0.10
MB = 1_000_000
Rounds = list[dict[str, Load]]


class Bar(NamedTuple):
    """A promise, the measured value, and whether it holds; None if it is not judged."""

    promise: str
    measured: str
    holds: bool | None


def spread(values: Iterable[float], digits: int) -> str:
    """Median, least and most."""
    series = sorted(values)
    if not series:
        return "–"
    middle, low, high = statistics.median(series), series[0], series[-1]
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def is_calm(*loads: Load) -> bool:
    """Whether other processes took little of the machine meanwhile."""
    return all(load.others <= CALM for load in loads)


def against(
    rounds: Rounds, name: str, other: str, of: Callable[[Load], float], *, calm: bool = False
) -> list[float]:
    """`of` of `name` as a multiple of that of `other`, round by round."""
    return [
        of(each[name]) / of(each[other])
        for each in rounds
        if {name, other} <= set(each) and (not calm or is_calm(each[name], each[other]))
    ]


def rate(load: Load) -> float:
    return load.rate


def processor(load: Load) -> float:
    return load.cpu


def table(lineup: LineUp, rounds: Rounds, memories: dict[str, Memory]) -> list[str]:
    lines = [
        "| | req/s, nginx = 1 | req/s | CPU µs/request | p99 ms | bytes | MB a worker | failed |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in names.ORDER:
        if name not in lineup.contestants:
            continue
        who = lineup.contestants[name]
        loads = [each[name] for each in rounds]
        ratios = against(rounds, name, names.STATIC, rate)
        ratio = "1" if name == names.STATIC else spread(ratios, digits(ratios))
        held = memories.get(name, Memory())
        cells = [
            who.what,
            ratio,
            spread([load.rate for load in loads], 0),
            spread([load.cpu for load in loads], digits([load.cpu for load in loads], 3)),
            spread([load.p99 for load in loads], 1),
            f"{len(who.answer.sent):,} {who.answer.coding or 'identity'}",
            f"{held.rss / MB:.0f} ({held.pss / MB:.0f})",
            str(sum(load.failed for load in loads)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def digits(values: list[float], significant: int = 2) -> int:
    """Number of decimals that show `significant` digits of the median."""
    middle = statistics.median(values) if values else 0
    decimals = 0
    while middle and middle < 10 ** (significant - 1) and decimals < 5:
        middle, decimals = middle * 10, decimals + 1
    return decimals


def bars(lineup: LineUp, rounds: Rounds, memories: dict[str, Memory]) -> list[Bar]:
    cached = names.CACHE
    found = [
        judged("the application alone: ≤ 2.5 × nginx's CPU a request",
              against(rounds, cached, names.STATIC, processor), most=2.5),
        judged("the application alone: ≥ 0.5 × nginx's rate when calm",
              against(rounds, cached, names.STATIC, rate, calm=True), least=0.5),
        judged("behind nginx: ≥ 0.9 × nginx's rate when calm",
              against(rounds, names.FRONT, names.STATIC, rate, calm=True), least=0.9),
        judged("≤ 80 MB a worker that serves one page, its share of what workers share",
               [memories[cached].pss / MB], most=80, digits=0),
        Bar("the application alone: × the CPU of one that does nothing but answer",
            spread(against(rounds, cached, names.EMPTY, processor), 2), None),
    ]  # fmt: skip
    for name, seconds in lineup.starts.items():
        found.append(judged(f"start → first page: ≤ 3 s ({name})", seconds, most=3))
    whole = sum(part.size for part in lineup.visit)
    return [
        *found,
        Bar(
            f"first visit, headers included: ≤ {LIMIT:,} bytes in ≤ {MAX_REQUESTS} requests",
            f"{whole:,} in {len(lineup.visit)}",
            whole <= LIMIT and len(lineup.visit) <= MAX_REQUESTS,
        ),
        *beside_wagtail(rounds),
    ]


def beside_wagtail(rounds: Rounds) -> list[Bar]:
    """How many times as much Wagtail takes; these figures have no bar."""
    figures = {
        "behind nginx: Wagtail, cached by Django, takes × the CPU":
            against(rounds, names.WAGTAIL_CACHED, names.FRONT, processor),
        "the application alone: Wagtail, cached by Django, takes × the CPU":
            against(rounds, names.WAGTAIL_CACHED, names.CACHE, processor),
        "without the page cache: × the rate of Wagtail without its cache":
            against(rounds, names.SQLITE, names.WAGTAIL, rate),
    }  # fmt: skip
    return [Bar(what, spread(values, 1), None) for what, values in figures.items() if values]


def judged(
    promise: str,
    values: list[float],
    *,
    least: float = 0,
    most: float = float("inf"),
    digits: int = 2,
) -> Bar:
    """A bar that the median must keep."""
    if not values:
        return Bar(promise, "–", None)
    return Bar(promise, spread(values, digits), least <= statistics.median(values) <= most)


def how(lineup: LineUp, rounds: Rounds, seconds: int) -> str:
    """How it was measured, in words."""
    page = lineup.contestants[names.CACHE].answer
    others = spread([load.others * 100 for each in rounds for load in each.values()], 0)
    text = (
        f"The page is the longest article, {len(page.body):,} bytes of HTML. `wrk -t1 -c{CLIENTS}`,"
        f" `Accept-Encoding: {lineup.coding}`, {len(rounds)} rounds in which all take turns,"
        f" {seconds} s each after 1 s to warm up. Medians with the least and the most; rates are"
        " compared within a round. CPU is user and system time of all processes that serve"
        " (`/proc`). Memory is that of the largest worker after the load: all that it holds (and"
        " its share once what it shares is divided). An answer fails if it isn't whole, isn't a"
        " 200 or isn't as long as the page. The limit is nginx sending the same bytes, the site's"
        " headers among them, from a precompressed file that it opens anew for each answer: one"
        " that is kept open, as in the first row, may be an old page. Other processes took"
        f" {others} % of the machine's processors; a stretch is calm up to {CALM:.0%}."
    )
    if lineup.wagtail:
        text += (
            f"\n\n{lineup.wagtail.what}, its blog page `{lineup.wagtail.path}`; the cache is"
            " Django's cache middleware, in each process's memory, around compressed answers."
        )
    return text


def report(
    lineup: LineUp, about: list[str], rounds: Rounds, memories: dict[str, Memory], seconds: int
) -> str:
    """The whole file."""
    verdict = {True: "met", False: "**missed**", None: "not judged"}
    visit = ", ".join(f"{part.address.rpartition('/')[2] or 'page'} {part.size:,}"
                      for part in lineup.visit)  # fmt: skip
    command, others = "python -m bench", "nginx and gunicorn"
    if lineup.wagtail:
        command, others = "make bench", "nginx, gunicorn and Wagtail"
    lines = [
        f"# Speed, beside {others}",
        "",
        *about,
        "",
        how(lineup, rounds, seconds),
        "",
        *table(lineup, rounds, memories),
        "",
        "| bar | measured | |",
        "|---|---|---|",
        *(f"| {bar.promise} | {bar.measured} | {verdict[bar.holds]} |"
          for bar in bars(lineup, rounds, memories)),
        "",
        f"The first visit in bytes with headers: {visit}.",
        *(f"\nLeft out: {reason}." for reason in lineup.left_out),
        "",
        f"Made by `{command}`.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
