import base64
import stat

from recovery_site.environment.make_env_file import write_env


def test_first_start_writes_fresh_secrets_for_the_owner_alone(tmp_path):
    path = tmp_path / ".env"
    assert write_env(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    values = dict(
        line.split("=", 1) for line in path.read_text().splitlines() if not line.startswith("#")
    )
    assert len(values["SECRET_KEY"]) >= 50
    assert len(base64.b64decode(values["FIELD_KEYS"])) == 32
    assert len(base64.b64decode(values["INDEX_KEY"])) == 32
    assert values["FIELD_KEYS"] != values["INDEX_KEY"]


def test_existing_file_is_never_touched(tmp_path):
    path = tmp_path / ".env"
    path.write_text("MINE=1\n")
    assert not write_env(path)
    assert path.read_text() == "MINE=1\n"


def test_two_starts_make_different_secrets(tmp_path):
    write_env(tmp_path / "a")
    write_env(tmp_path / "b")
    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()
