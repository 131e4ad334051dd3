"""Check checkpoints of the audit trail, with Python's standard library alone, on any machine.

    CHECKPOINT_KEY=… python3 check_checkpoints.py FILE…

The key is what `manage.py verify_audit --checkpoint-key` prints. This proves that the site (or
somebody else with the key) made each file, that nobody changed it since, and that the trail only
grew from one to the next. It does not look at the trail itself.
"""

import hmac
import json
import os
import sys
from getpass import getpass
from itertools import pairwise
from pathlib import Path


def main(paths: list[str]) -> int:
    key = bytes.fromhex(os.environ.get("CHECKPOINT_KEY") or getpass("Checkpoint key: "))
    found = []
    for path in paths:
        values = json.loads(Path(path).read_text("utf-8"))
        signature = values.pop("signature")
        text = json.dumps(values, sort_keys=True).encode()
        if not hmac.compare_digest(signature, hmac.digest(key, text, "sha256").hex()):
            print(f"{path}: CHANGED, or made with another key")
            return 1
        print(f"{path}: {values['entries']} entries on {values['made_at']}")
        found.append((values["made_at"], values["entries"], values["last_hash"], path))
    found.sort()
    for (_made, entries, last, _path), (_at, later, later_last, path) in pairwise(found):
        if later < entries or (later == entries and later_last != last):
            print(f"{path}: the trail LOST entries since the checkpoint before")
            return 1
    print("All are as they were made, and the trail only grew between them.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
