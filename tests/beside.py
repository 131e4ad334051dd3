"""Python beside the running site, on its data, in one process for all that tests ask.

The program reads lines of JSON: code, and words for it.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import traceback
from pathlib import Path

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]


class Beside:
    def __init__(self, environment, code=ROOT):
        self.environment, self.code = environment, code
        self.process = None

    def run(self, code, *words):
        """What `code` prints; it knows the models by their names, and `words`."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.beside"],
                cwd=self.code, env=self.environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        print(json.dumps([code, words]), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert not answer["wrong"], answer["wrong"]
        return answer["printed"]

    def stop(self):
        if self.process is not None:
            self.process.communicate(timeout=PATIENCE)


def answer(code, words, models):
    printed, wrong = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(code, {"words": words, **models})
        except Exception:
            wrong = traceback.format_exc()
    return {"printed": printed.getvalue(), "wrong": wrong}


def main():
    import django
    from django.apps import apps
    from django.db import connections

    django.setup()
    models = {model.__name__: model for model in apps.get_models()}
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line), models)), flush=True)
        connections.close_all()


if __name__ == "__main__":
    main()
