"""The credentials file: where it may lie, who may read it, what opens it, and that nothing of it is told."""

import os
import stat
from pathlib import Path

import orjson
import pytest

from argilla_snapshot.format.credentials import Credential, is_of, read, refuse_place, write
from argilla_snapshot.format.errors import CredentialsError

ID, OTHER = "5e884898-da28-4715-bf4e-1d3c9d0f3f9c", "11111111-da28-4715-bf4e-1d3c9d0f3f9c"
USERS = [Credential("ana", "ana's key", "$2b$12$hash"), Credential("千代", "another key", "$2y$12$hash")]
SECRETS = [b"ana's key", b"$2b$12$hash", b"another key"]


@pytest.mark.parametrize("passphrase", [None, "correct horse", "пароль 🦜"])
def test_what_is_written_is_read(tmp_path: Path, passphrase: str | None) -> None:
    file = tmp_path / "keys.json"
    write(file, ID, USERS, passphrase)
    assert read(file, ID, passphrase) == {user.username: user for user in USERS}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert is_of(file, ID)
    assert not is_of(file, OTHER)


def test_a_sealed_file_tells_nothing_and_never_twice_the_same(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / name, ID, USERS, "correct horse")
    one, other = (orjson.loads((tmp_path / name).read_bytes()) for name in "ab")
    assert not [secret for secret in SECRETS if secret in (tmp_path / "a").read_bytes()]
    assert all(one[name] != other[name] for name in ("salt", "nonce", "sealed"))


@pytest.mark.parametrize(
    ("passphrase", "told"), [("wrong", "does not open"), (None, "is sealed: put its passphrase into ARGILLA_CREDENTIALS")]
)
def test_only_its_passphrase_opens_it(tmp_path: Path, passphrase: str | None, told: str) -> None:
    write(tmp_path / "file", ID, USERS, "correct horse")
    with pytest.raises(CredentialsError, match=told) as raised:
        read(tmp_path / "file", ID, passphrase)
    assert raised.value.exit_code == 2
    assert "correct" not in str(raised.value)


def test_it_goes_with_one_snapshot_whatever_somebody_writes_into_it(tmp_path: Path) -> None:
    write(tmp_path / "file", ID, USERS, "correct horse")
    with pytest.raises(CredentialsError, match="is of another snapshot"):
        read(tmp_path / "file", OTHER, "correct horse")
    (tmp_path / "file").write_bytes((tmp_path / "file").read_bytes().replace(ID.encode(), OTHER.encode()))
    with pytest.raises(CredentialsError, match="or changed since"):
        read(tmp_path / "file", OTHER, "correct horse")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no file that"),
        (b"[]", "is no file that"),
        (b'{"format": "argilla-snapshot"}', "is no file that"),
        (b'{"format": "argilla-snapshot-credentials", "version": 2}', "a newer argilla-snapshot"),
        (b'{"format": "argilla-snapshot-credentials", "version": 1, "snapshot_id": "%s"}' % ID.encode(), "not as it was written"),
        (
            b'{"format": "argilla-snapshot-credentials", "version": 1, "snapshot_id": "%s", "users": [{"username": "ana", "api_key": 5}]}'
            % ID.encode(),
            "not as it was written",
        ),
        (
            b'{"format": "argilla-snapshot-credentials", "version": 1, "snapshot_id": "%s", "salt": "?", "nonce": "", "sealed": ""}'
            % ID.encode(),
            "not as it was written",
        ),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(CredentialsError, match=told):
        read(tmp_path / "file", ID, "correct horse")


def test_nothing_is_overwritten_and_no_link_followed(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(CredentialsError, match="is there already"):
            write(tmp_path / name, ID, USERS, None)
    assert (tmp_path / "there").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_of_what_could_not_be_written_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "file", ID, USERS, None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "place", ["snap/keys", "snap/datasets/keys", "snap.partial/keys", "snap.partial.done/keys", "link/keys", "snap/../snap/keys"]
)
def test_it_never_lies_in_the_snapshot(tmp_path: Path, place: str) -> None:
    for folder in ("snap/datasets", "snap.partial", "snap.partial.done"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "snap")
    with pytest.raises(CredentialsError, match="lies in the snapshot"):
        refuse_place(tmp_path / place, tmp_path / "snap")


def test_it_lies_where_nobody_else_writes(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    with pytest.raises(CredentialsError, match="There is no folder"):
        refuse_place(folder / "keys", tmp_path / "snap")
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(CredentialsError, match="Everybody may write into"):
        refuse_place(folder / "keys", tmp_path / "snap")
    for mode in (0o1777, 0o700, 0o775):
        folder.chmod(mode)
        refuse_place(folder / "keys", tmp_path / "snap")


def test_a_credential_shows_no_secret() -> None:
    assert "ana" in repr(USERS)
    assert not [secret for secret in SECRETS if secret.decode() in repr(USERS)]
