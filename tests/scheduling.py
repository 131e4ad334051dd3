"""Give each worker whole files: what a file's tests share is made once.

A pytest plugin for `make test` (`-p tests.scheduling`). Tests of deploy/ share a site that runs.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER = "tests/deploy/"


class ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else nodeid.partition("::")[0]

    def remove_node(self, node: WorkerController) -> str | None:
        """Name the test that took its worker along; it would take the next one along too."""
        left = {
            file: {test: False for test, is_done in tests.items() if not is_done}
            for file, tests in self.assigned_work.pop(node).items()
        }
        fatal = next((test for tests in left.values() for test in tests), None)
        for tests in left.values():
            tests.pop(fatal, None)
        self.workqueue.update({file: tests for file, tests in left.items() if tests})
        for other in self.assigned_work:
            self._reschedule(other)
        return fatal


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    # Files in the order that pytest found them, not those of most tests first.
    config.option.loadscopereorder = False
    return ByFile(config, log)
