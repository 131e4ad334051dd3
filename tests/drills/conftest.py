import pytest

from tests.drills import crash_states, io_failures


@pytest.fixture(scope="session")
def all_of(request):
    """A function of what was recorded: its states. The short drill tries fewer."""
    if request.config.getoption("--every-state"):
        return lambda recorder: crash_states.crash_states(recorder, combinations=8)
    # Nothing reads a file that has no name of its own yet.
    return lambda recorder: crash_states.crash_states(
        recorder, matters=lambda path: "/." not in f"/{path}"
    )


@pytest.fixture(scope="session")
def each_failure(request):
    is_long = request.config.getoption("--every-state")
    reasons = io_failures.REASONS if is_long else io_failures.REASONS[:1]
    return lambda root: io_failures.failures(root, reasons)
