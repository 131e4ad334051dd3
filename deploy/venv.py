"""Make .venv, or mend it, and install the packages of a lock file. venv.sh finds a Python for it.

Started in the project's folder. Knows the standard library alone.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
# Exists from before the first file until the last package is installed.
UNFINISHED = VENV / "unfinished"
# Names what is installed, for which folder and Python: a fact a line.
READY = VENV / "ready"
# Each holds the packages of those before it.
LOCKS = ("requirements.lock", "requirements-dev.lock")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def folder() -> str:
    """Installed scripts name the folder, so an environment that was moved has to be made anew."""
    return f"folder {VENV.resolve()}"


def facts(lock: str) -> set[str]:
    """The lines that READY holds once `lock` is installed. Asked of the environment's Python."""
    digest = hashlib.sha256(Path(lock).read_bytes()).hexdigest()
    return {folder(), f"python {sys.version_info[0]}.{sys.version_info[1]}", f"{lock} {digest}"}


def known_facts() -> set[str]:
    return set(READY.read_text("utf-8").splitlines()) if READY.is_file() else set()


def is_ready(lock: str) -> bool:
    return not UNFINISHED.exists() and facts(lock) <= known_facts()


def finish(lock: str) -> None:
    included = LOCKS[: LOCKS.index(lock) + 1]
    READY.write_text("\n".join(sorted(set().union(*map(facts, included)))), "utf-8")
    UNFINISHED.unlink()


def succeeds(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock that ends with this process, however it ends."""
    with open(__file__) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is installing packages; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_sound(uv: str | None) -> bool:
    """Whether packages can be installed into the environment as it stands."""
    was_moved = any(fact.startswith("folder ") for fact in known_facts() - {folder()})
    if UNFINISHED.exists() or was_moved:
        return False
    recent = "import sys; sys.exit(sys.version_info < (3, 12) or sys.prefix == sys.base_prefix)"
    return succeeds(PYTHON, "-Ic", recent) and (bool(uv) or succeeds(PYTHON, "-Im", "pip", "-V"))


def make_venv(uv: str | None) -> None:
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        say("Making .venv anew: it is unfinished, was moved, or its Python is gone.")
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    # This Python may itself be one of an environment; the one behind it stays.
    python = getattr(sys, "_base_executable", sys.executable)
    command = [python, "-Im", "venv", *(["--without-pip"] if uv else []), VENV]
    # Held back: after Ctrl-C it would print a traceback.
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        done.check_returncode()


def install_packages(lock: str, uv: str | None) -> None:
    say(f"Installing packages ({lock}) …")
    UNFINISHED.touch()
    command: list[str | Path] = [PYTHON, "-Im", "pip", "-qq", "install"]
    if uv:
        command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON]
    subprocess.run([*command, "--require-hashes", "-r", lock], check=True)


def prepare(lock: str) -> None:
    uv = shutil.which("uv")
    with one_at_a_time():
        if succeeds(PYTHON, "-IS", __file__, "--is-ready", lock):
            return
        if not is_sound(uv):
            make_venv(uv)
        install_packages(lock, uv)
        subprocess.run([PYTHON, "-IS", __file__, "--finish", lock], check=True)


def main() -> int | str:
    *option, lock = sys.argv[1:]
    if lock not in LOCKS:
        return f"{lock} is none of {', '.join(LOCKS)}."
    if option == ["--is-ready"]:
        return 0 if is_ready(lock) else 1
    if option == ["--finish"]:
        finish(lock)
        return 0
    try:
        prepare(lock)
    except KeyboardInterrupt:
        return "Stopped. The next start makes .venv anew."
    except subprocess.CalledProcessError:
        return "The packages could not be installed: see above. Mend that and start again."
    return 0


if __name__ == "__main__":
    sys.exit(main())
