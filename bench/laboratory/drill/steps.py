"""The steps of the drill, in order."""

from __future__ import annotations

import os
import platform
import re
import secrets
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.laboratory.drill.backups import Backups
from bench.laboratory.drill.cluster import Cluster, Node
from bench.laboratory.drill.connections import get
from bench.laboratory.drill.editor import Editor
from bench.laboratory.drill.processes import run, wait_until
from bench.laboratory.drill.report import Report
from bench.laboratory.drill.visitors import Callers, Readers

ARTICLE = "why-is-heroin-so-addictive"
PATHS = ["/", "/articles/", f"/articles/{ARTICLE}/", "/faq/", "/help-now/", "/privacy/"]
PUBLISHED = 20
VISIBLE_WITHIN = 1.0
WRITES_WITHIN = 10.0
CALM_SECONDS = 3.0
MAKE_EDITOR = """
from django.contrib.auth.models import Group, User
from articles.models import Article
user = User.objects.create_user("drill", password={password!r}, is_staff=True)
user.groups.set(Group.objects.filter(name__in=["Editors"]))
print(Article.objects.get(slug={slug!r}).pk)
"""


class Drill:
    def __init__(self, home: Path, report: Report) -> None:
        self.report = report
        self.cluster = Cluster(home)
        self.a, self.b = self.cluster.nodes
        port, certificate = self.cluster.port, self.cluster.certificate
        self.readers = Readers(port, certificate, PATHS)
        self.callers = Callers(port, certificate)
        self.about = ""
        self.version = 0

    def run(self) -> None:
        print("Starting a primary, a standby, two nodes and the balancer …", flush=True)
        self.cluster.start()
        self.describe()
        self.log_in()
        self.readers.start()
        self.callers.start()
        time.sleep(CALM_SECONDS)
        self.publish_on_a()
        self.refuse_on_a()
        self.back_up()
        self.lose_a_node()
        self.lose_the_primary()
        self.lose_every_database()
        self.callers.stop()
        self.readers.stop()
        self.count_requests()
        self.verify()

    def describe(self) -> None:
        version = self.cluster.primary.ask("SHOW server_version")
        haproxy = run(["haproxy", "-v"]).split()[2]
        self.about = (
            f"{os.cpu_count()} cores for all of it, {platform.system()} "
            f"{platform.machine()}, PostgreSQL {version.split()[0]}, HAProxy {haproxy}."
        )

    def log_in(self) -> None:
        password = secrets.token_urlsafe(16)
        code = MAKE_EDITOR.format(password=password, slug=ARTICLE)
        key = self.a.manage("shell", "-v", "0", "-c", code).split()[-1]
        self.address = f"/admin/articles/article/{key}/change/"
        self.at_a = Editor(self.a.port, None, "drill", password)
        self.at_balancer = Editor(self.cluster.port, self.cluster.certificate, "drill", password)
        self.at_a.log_in()
        self.at_balancer.log_in(self.at_a.add_app()[0])

    def new_words(self) -> str:
        self.version += 1
        return f"Words number {self.version} of the drill."

    def publish(self, editor: Editor, seconds: float) -> str:
        """Publish new words within `seconds`, and return them. Raises Broken."""
        words = self.new_words()
        wait_until(lambda: editor.publish(self.address, words), seconds, "a publish")
        return words

    def shows(self, node: Node, words: str) -> bool:
        return words in get(node.port, f"/articles/{ARTICLE}/").text

    def wait_for(self, words: str, node: Node) -> None:
        wait_until(lambda: self.shows(node, words), 10, f"the words on {node.name}", 0.01)

    def publish_on_a(self) -> None:
        print("Publish on A, read on B", flush=True)
        took, late_at_a = [], 0
        for _number in range(PUBLISHED):
            words = self.publish(self.at_a, 10)
            published = time.monotonic()
            late_at_a += not self.shows(self.a, words)
            self.wait_for(words, self.b)
            took.append(time.monotonic() - published)
        self.report.add(
            "A shows what it published at the next request",
            f"{PUBLISHED - late_at_a} of {PUBLISHED}", f"{PUBLISHED}", is_kept=not late_at_a,
        )  # fmt: skip
        self.report.add(
            f"published on A, visible on B ({PUBLISHED} times)",
            f"median {statistics.median_high(took):.2f} s, longest {max(took):.2f} s",
            f"{VISIBLE_WITHIN:.0f} s", is_kept=max(took) <= VISIBLE_WITHIN,
        )  # fmt: skip

    def refuse_on_a(self) -> None:
        print("Let the disk of node A take no more requests", flush=True)
        journal, aside = self.a.data / "journal", self.a.data / "journal.aside"
        again, thanked = self.callers.pressed_again, len(self.callers.thanked)
        journal.rename(aside)
        journal.touch()
        time.sleep(4)
        journal.unlink()
        aside.rename(journal)
        again = self.callers.pressed_again - again
        thanked = len(self.callers.thanked) - thanked
        self.report.add(
            "requests while A's disk takes none",
            f"{thanked} taken, button pressed again {again} times", "0 times",
            is_kept=thanked > 0 and not again,
        )  # fmt: skip

    def back_up(self) -> None:
        print("Back up under load, bring it back into an empty database", flush=True)
        thanked = len(self.callers.thanked)
        backups = Backups(self.cluster, self.report)
        backups.make()
        self.judge_requests(thanked)
        backups.refuse_damaged()
        backups.bring_back()
        backups.forget()

    def lose_a_node(self) -> None:
        print("Kill all of node A under load", flush=True)
        killed, thanked = time.monotonic(), len(self.callers.thanked)
        self.a.kill()
        waiting = self.a.waiting()
        time.sleep(8)
        self.judge_reads("node A dead for 8 s", killed)
        self.judge_requests(thanked)
        self.a.start()
        wait_until(lambda: not self.a.waiting(), 20, "the journal of A")
        self.report.add("requests that A's journal alone held when it died", f"{waiting}, came in")
        time.sleep(CALM_SECONDS)

    def lose_the_primary(self) -> None:
        print("Cut the standby off, then kill the primary, then promote the standby", flush=True)
        old, new = self.cluster.primary, self.cluster.standby
        new.cut_off()
        time.sleep(CALM_SECONDS)
        rows = old.ask("SELECT count(*) FROM contact_callbackrequest")
        killed = time.monotonic()
        old.kill()
        lost = rows - new.ask("SELECT count(*) FROM contact_callbackrequest")
        self.read_what_no_node_keeps()
        time.sleep(2)
        promoted = time.monotonic()
        new.ask("SELECT pg_promote()")
        self.wait_for_writes(promoted)
        time.sleep(CALM_SECONDS)
        self.judge_reads("primary dead, standby promoted", killed)
        self.publish_again()
        self.report.add("rows that the failover lost", str(lost), "some", is_kept=lost > 0)

    def read_what_no_node_keeps(self) -> None:
        """Pages whose copies are gone can only come from the standby."""
        for node in self.cluster.nodes:
            node.forget_pages_under("faq")
        map_of_site = get(self.b.port, "/sitemap.xml").text
        sections = re.findall(r"<loc>https://[^/]+(/[^<]+)", map_of_site)
        listed = "".join(get(self.b.port, section).text for section in sections)
        paths = sorted(set(re.findall(r"<loc>https://[^/]+(/faq/[a-z0-9-]+/)", listed)))
        port, certificate = self.cluster.port, self.cluster.certificate
        failed = [path for path in paths if get(port, path, certificate).status != 200]
        self.report.add(
            "pages without a copy, made while there is no primary",
            f"{len(paths)}, {len(failed)} failed", "0 failed",
            is_kept=bool(paths) and not failed,
        )  # fmt: skip

    def lose_every_database(self) -> None:
        print("Kill the only database there is, start it again", flush=True)
        killed, thanked = time.monotonic(), len(self.callers.thanked)
        self.cluster.standby.kill()
        time.sleep(6)
        self.judge_reads("no database for 6 s", killed)
        self.judge_requests(thanked)
        self.cluster.standby.start()

    def wait_for_writes(self, promoted: float) -> None:
        new = self.cluster.standby
        words = self.new_words()
        back = {}
        tries: dict[str, Callable[[], bool]] = {
            "a staff member publishes": lambda: self.at_balancer.publish(self.address, words),
            "new requests reach the database": lambda: (
                new.ask(
                    "SELECT max(created_at) > now() - interval '2 seconds' "
                    "FROM contact_callbackrequest"
                )
                is True
            ),
        }
        while tries and time.monotonic() - promoted < 60:
            for name in [name for name, works in tries.items() if works()]:
                del tries[name]
                back[name] = time.monotonic() - promoted
            time.sleep(0.1)
        for name, seconds in back.items():
            is_kept = seconds <= WRITES_WITHIN
            self.report.add(
                f"after the promotion, {name}", f"{seconds:.1f} s", f"{WRITES_WITHIN:.0f} s",
                is_kept=is_kept,
            )  # fmt: skip
        for name in tries:
            self.report.add(f"after the promotion, {name}", "never", "", is_kept=False)

    def publish_again(self) -> None:
        words = self.publish(self.at_balancer, 20)
        published = time.monotonic()
        for node in self.cluster.nodes:
            self.wait_for(words, node)
        seconds = time.monotonic() - published
        self.report.add(
            "published after the failover, visible on both nodes", f"{seconds:.2f} s",
            f"{VISIBLE_WITHIN:.0f} s", is_kept=seconds <= VISIBLE_WITHIN,
        )  # fmt: skip

    def judge_reads(self, when: str, since: float) -> None:
        reads = self.readers.since(since)
        failed = [read for read in reads if read.fault]
        slowest = max((read.seconds for read in reads), default=0.0)
        self.report.add(
            f"reads, {when}", f"{len(reads)}, {len(failed)} failed, slowest {slowest:.2f} s",
            "0 failed", is_kept=bool(reads) and not failed,
        )  # fmt: skip
        for read in failed[:5]:
            print(f"         {read.at - since:.2f} s: {read.fault}", flush=True)

    def judge_requests(self, thanked: int) -> None:
        """Whether requests were taken since that many had been."""
        meanwhile = len(self.callers.thanked) - thanked
        self.report.add(
            "requests taken meanwhile", str(meanwhile), "more than 0", is_kept=meanwhile > 0
        )

    def count_requests(self) -> None:
        print("Wait until the journals have brought back what the failover lost", flush=True)
        promised = set(self.callers.thanked)
        deadline = time.monotonic() + 90
        missing, arrived = promised, []
        while missing and time.monotonic() < deadline:
            time.sleep(3)
            arrived = self.b.messages()
            missing = promised - set(arrived)
        doubled = len(arrived) - len(set(arrived))
        self.report.add(
            "requests thanked for",
            f"{len(promised)} (longest wait {self.callers.longest:.1f} s, "
            f"button pressed again {self.callers.pressed_again} times)",
        )
        self.report.add("of them not in the database", str(len(missing)), "0", is_kept=not missing)
        self.report.add("requests stored twice", str(doubled), "0", is_kept=not doubled)

    def verify(self) -> None:
        # The failover may have lost entries that this node had noted: told, then accepted.
        said = self.b.manage("verify_audit", "--accept-gap").strip().splitlines()
        whole = next((line for line in said if "is whole" in line), said[-1] if said else "")
        told = " The lost entries were told." if said[0].startswith("Accepted") else ""
        self.report.add("the audit chain after all this", f"{whole}{told}", "whole")
        reads = self.readers.reads
        failed = sum(bool(read.fault) for read in reads)
        self.report.add(
            "reads in all", f"{len(reads)}, {failed} failed", "0 failed", is_kept=not failed
        )

    def stop(self) -> None:
        self.callers.stop()
        self.readers.stop()
        self.cluster.stop()
