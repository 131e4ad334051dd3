import os
import subprocess
import sys

import pytest

LOADED = """
import sys
import recovery_site.wsgi
print("psycopg2" in sys.modules)
if "psycopg2" in sys.modules:
    from psycopg2 import extensions
    print(extensions.get_wait_callback() is not None)
"""


@pytest.mark.parametrize(
    ("address", "printed"),
    [("", ["False"]), ("postgres://nobody:x@127.0.0.1:9/none", ["True", "True"])],
)
def test_worker_loads_postgresqls_driver_and_its_patience_where_needed(tmp_path, address, printed):
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": address,
        "DATABASE_REPLICA_URL": "",
        "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == printed
