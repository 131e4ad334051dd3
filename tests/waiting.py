"""For tests that start programs.

A limit ends what hangs; none says how fast something is: the machine may be busy.
"""

import random
import socket
import time
from contextlib import suppress

# Below those that outgoing connections take: nobody gets this one before it is used.
PORTS = range(10_000, 32_000)
# Seconds. Nothing here takes one of them on a calm machine.
PATIENCE = 480


def free_port():
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(what, every=0.05):
    """Poll until `what()` is truthy and return it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if result := what():
            return result
        time.sleep(every)
    raise AssertionError(f"waited {PATIENCE} s in vain")
