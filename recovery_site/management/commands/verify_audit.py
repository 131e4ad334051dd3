import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact.lifecycle.safeguards import audit_rows, checkpoint_mails
from contact.privacy.audit_trail import audit, audit_anchors, audit_checkpoints


class Command(BaseCommand):
    help = (
        "Check that nobody changed, removed or inserted an audit entry: by the chain itself, by "
        "what this machine noted of it in DATA_DIR, and by the requests, calls and notes that it "
        "tells of."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="compare with this checkpoint as well"
        )
        parser.add_argument(
            "--checkpoint", type=Path, metavar="FILE", help="write one, if the trail is whole"
        )
        parser.add_argument(
            "--checkpoint-key", action="store_true", help="print the key that checks checkpoints"
        )
        parser.add_argument(
            "--daily",
            action="store_true",
            help="compare with the newest of DATA_DIR/checkpoints, write the one of today there and"
            " mail it to the privacy officers, or else that there is a fault",
        )
        parser.add_argument(
            "--accept-gap",
            action="store_true",
            help="go on from the trail as it is, such as after a backup was brought back",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["checkpoint_key"]:
            self.stdout.write(audit_checkpoints.checkpoint_key())
            return
        found, anchors = self.look(**options)
        if found:
            if options["daily"] and (why := checkpoint_mails.mail_faults()):
                found.append(f"Besides, {why}.")
            raise CommandError("\n".join(found))
        count = audit.AuditEntry.objects.count()
        self.stdout.write(f"The audit trail is whole: {count} entries.")
        if anchors:
            self.stdout.write(f"This machine noted it {len(anchors)} times: {anchors[-1].words}.")
        else:
            self.stdout.write("This machine has not noted it yet: nothing here witnesses its end.")
        for anchor in anchors:
            if anchor.kind == audit_anchors.ACCEPTED:
                self.stdout.write(f"A gap was accepted; the trail went on from {anchor.words}.")
        if options["checkpoint"] or options["daily"]:
            self.write_checkpoints(options["checkpoint"], options["daily"])

    def look(
        self, *, accept_gap: bool, daily: bool, against: Path | None, **options: Any
    ) -> tuple[list[str], list[audit_anchors.Anchor]]:
        try:
            if accept_gap:
                self.accept_gap()
            before = checkpoint_mails.newest_checkpoint() if daily else None
            return list(self.faults(against or before)), audit_anchors.anchors()
        except audit_anchors.DamagedAnchors as error:
            return [f"The audit trail cannot be trusted: {error}."], []

    def write_checkpoints(self, path: Path | None, is_daily: bool) -> None:
        if path:
            text = json.dumps(audit_checkpoints.make_checkpoint(), indent=1, sort_keys=True)
            path.write_text(text + "\n", "utf-8")
            self.stdout.write(f"Checkpoint: {path}")
        if is_daily:
            kept = checkpoint_mails.keep_checkpoint()
            why = checkpoint_mails.mail_checkpoint(kept)
            self.stdout.write(f"Checkpoint: {kept}" + (f"; {why}." if why else ", and mailed."))

    def faults(self, checkpoint: Path | None) -> Iterator[str]:
        if broken := audit.verify():
            yield f"The audit trail breaks at entry {broken.number}: {broken.reason}."
        if gap := audit_anchors.find_gap():
            yield f"The audit trail has a gap: {gap}."
        for fault in audit_rows.audit_faults():
            yield f"Beside the audit trail, {fault}."
        if checkpoint:
            try:
                audit_checkpoints.compare_with(checkpoint)
            except audit_checkpoints.CheckpointError as error:
                yield str(error)

    def accept_gap(self) -> None:
        if gap := audit_anchors.find_gap():
            audit_anchors.accept_gap(gap)
            # Checkpoints that were kept before this need not agree any longer.
            checkpoint_mails.keep_checkpoint()
            self.stdout.write(f"Accepted, and written down: {gap}.")
