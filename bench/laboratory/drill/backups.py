"""A backup made under posts comes back whole into an empty database; a damaged one is refused."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from bench.laboratory.drill.cluster import Cluster
from bench.laboratory.drill.processes import Broken
from bench.laboratory.drill.report import Report

MINUTES = 15
NAME = "restored"
# The key of each row, and the hash of all that is in it.
ROWS = "SELECT json_object_agg({key}, md5(line::text)) FROM {table} AS line"
TABLES = {"contact_callbackrequest": "id", "contact_auditentry": "number"}


class Backups:
    """Backups of node B, and a machine with an empty database and an empty folder."""

    def __init__(self, cluster: Cluster, report: Report) -> None:
        self.report, self.primary, self.node = report, cluster.primary, cluster.nodes[1]
        self.folder, self.damaged = cluster.home / "backups", cluster.home / "damaged"
        data = cluster.home / "empty"
        self.empty = {
            "DATA_DIR": str(data),
            "DATABASE_URL": f"postgres://site@127.0.0.1:{self.primary.port}/{NAME}",
            "DATABASE_REPLICA_URL": "",
        }
        data.mkdir()
        self.primary.ask(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")

    def rows(self, database: str = "postgres") -> dict[tuple[str, str], str]:
        """The hash of every request and of every entry of the trail."""
        found: dict[tuple[str, str], str] = {}
        for table, key in TABLES.items():
            hashes = self.primary.ask(ROWS.format(key=key, table=table), database) or {}
            found |= {(table, row): text for row, text in hashes.items()}
        return found

    def make(self) -> None:
        self.before = self.rows()
        self.node.manage("backup", str(self.folder))
        self.node.manage("backup", str(self.folder), "--verify")

    def refuse_damaged(self) -> None:
        """One byte changed in the copy of the database."""
        shutil.copytree(self.folder, self.damaged)
        (dump,) = self.damaged.glob("*/database.dump")
        change_a_byte(dump)
        try:
            said = self.node.manage("restore", str(self.damaged), changes=self.empty)
        except Broken as refusal:
            said = str(refusal)
        tables = self.primary.ask("SELECT count(*) FROM pg_stat_user_tables", NAME)
        said = said.rpartition("/")[2]
        self.report.add(
            "a backup with one byte changed", f"{said} Tables brought back: {tables}", "refused",
            is_kept="damaged" in said and not tables,
        )  # fmt: skip

    def bring_back(self) -> None:
        began = time.monotonic()
        self.node.manage("restore", str(self.folder), changes=self.empty)
        seconds = time.monotonic() - began
        self.report.add(
            "the backup brought back, from nothing", f"{seconds:.0f} s", f"{MINUTES} min",
            is_kept=seconds <= MINUTES * 60,
        )  # fmt: skip
        back, live = self.rows(NAME), self.rows()
        lost = self.before.keys() - back.keys()
        other = [row for row, text in back.items() if live.get(row) != text]
        self.report.add(
            "rows stored before the backup",
            f"{len(self.before)}, {len(lost)} missing; of all {len(back)} {len(other)} differ",
            "0 missing, 0 differ", is_kept=bool(self.before) and not lost and not other,
        )  # fmt: skip
        messages = self.node.messages(self.empty)
        opened = sum(message.startswith("drill ") for message in messages)
        self.report.add(
            "messages brought back", f"{len(messages)}, {opened} open", "all",
            is_kept=0 < opened == len(messages),
        )  # fmt: skip
        said = self.node.manage("verify_audit", changes=self.empty)
        self.report.add("the audit chain brought back", said.partition("\n")[0], "whole")

    def forget(self) -> None:
        self.primary.ask(f"DROP DATABASE {NAME} WITH (FORCE)")


def change_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
