"""The credentials file: API keys and password hashes of the users of one snapshot. It lies beside a snapshot, never in it.

``snapshot_format.md`` describes it under "The credentials file".
"""

import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from argilla_snapshot.format import layout
from argilla_snapshot.format.errors import CredentialsError, DamagedSnapshotError
from argilla_snapshot.format.files import sync_folder, to_json
from argilla_snapshot.format.reader import read_json
from argilla_snapshot.format.shapes import ShapeError, build_all

FORMAT, VERSION = "argilla-snapshot-credentials", 1
#: Where the passphrase is.
VARIABLE = "ARGILLA_CREDENTIALS_PASSPHRASE"
#: What OWASP asks of scrypt: 128 MiB and half a second for each passphrase that somebody tries.
_SCRYPT = {"length": 32, "n": 1 << 17, "r": 8, "p": 1}
_SALT, _NONCE = 16, 12


@dataclass(frozen=True, slots=True)
class Credential:
    """What a user of the old server logs in with.

    Attributes:
        username: the name on the old server.
        api_key: the API key.
        password_hash: what bcrypt made of the password.
    """

    username: str
    api_key: str = field(repr=False)
    password_hash: str = field(repr=False)


def refuse_place(path: Path, directory: Path) -> None:
    """Makes sure that a credentials file may lie at ``path``.

    Args:
        path: of the file.
        directory: of the snapshot.

    Raises:
        CredentialsError: that would be in the snapshot, or where others could put another file in its place, or there is no such folder.
    """
    folder = path.absolute().parent.resolve()
    inside = directory.absolute().parent.resolve() / directory.name
    partial = layout.partial_path(inside)
    if any(folder.is_relative_to(each) for each in (inside, partial, partial.with_name(f"{partial.name}.done"))):
        raise CredentialsError(
            f"--credentials {path} lies in the snapshot, which must hold no secret: choose a place outside of {directory}."
        )
    if not folder.is_dir():
        raise CredentialsError(f"There is no folder {path.parent}: make it, or choose another place for --credentials.")
    mode = folder.stat().st_mode
    if os.name != "nt" and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise CredentialsError(f"Everybody may write into {folder}: choose a folder for --credentials that is only yours.")


def write(path: Path, snapshot_id: str, users: Iterable[Credential], passphrase: str | None) -> None:
    """Writes a new file that only its owner may read; without a passphrase it is not sealed.

    Raises:
        CredentialsError: there is a file.
        OSError: it can't be written; nothing stays.
    """
    content = list(users)
    told: dict[str, Any] = {"format": FORMAT, "version": VERSION, "snapshot_id": snapshot_id}
    told |= {"users": content} if passphrase is None else _sealed(orjson.dumps(content), snapshot_id, passphrase)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CredentialsError(f"{path} is there already, and no credentials file is ever overwritten: choose another name.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(to_json(told))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise
    sync_folder(path.parent)


def is_of(path: Path, snapshot_id: str) -> bool:
    """Whether there is a credentials file of a snapshot."""
    try:
        told = read_json(path)
    except DamagedSnapshotError:
        return False
    return isinstance(told, dict) and (told.get("format"), told.get("snapshot_id")) == (FORMAT, snapshot_id)


def read(path: Path, snapshot_id: str, passphrase: str | None) -> dict[str, Credential]:
    """Username on the old server -> what that user logs in with.

    Raises:
        CredentialsError: it is no such file, or not of this snapshot, or the passphrase does not open it.
    """
    try:
        told = read_json(path)
    except DamagedSnapshotError:
        told = None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise CredentialsError(f"{path} is no file that `export --credentials` wrote.")
    if told.get("version") != VERSION:
        raise CredentialsError(f"{path} was written by a newer argilla-snapshot: use that.")
    if told.get("snapshot_id") != snapshot_id:
        raise CredentialsError(f"{path} is of another snapshot ({told.get('snapshot_id')}, this one is {snapshot_id}).")
    try:
        users = build_all(Credential, told["users"] if "users" in told else _opened(path, told, passphrase))
    except (ShapeError, KeyError, TypeError, ValueError):
        raise CredentialsError(f"{path} is not as it was written.") from None
    return {user.username: user for user in users}


def _sealed(content: bytes, snapshot_id: str, passphrase: str) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - few need it

    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, content, snapshot_id.encode())
    return {name: b64encode(value).decode() for name, value in (("salt", salt), ("nonce", nonce), ("sealed", sealed))}


def _opened(path: Path, told: dict[str, Any], passphrase: str | None) -> Any:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    if passphrase is None:
        raise CredentialsError(f"{path} is sealed: put its passphrase into {VARIABLE}.")
    salt, nonce, sealed = (b64decode(told[name], validate=True) for name in ("salt", "nonce", "sealed"))
    try:
        return orjson.loads(AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, told["snapshot_id"].encode()))
    except InvalidTag:
        raise CredentialsError(f"{VARIABLE} does not open {path}: it was sealed with another passphrase, or changed since.") from None


def _key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # noqa: PLC0415 - see above

    return Scrypt(salt=salt, **_SCRYPT).derive(passphrase.encode("utf-8", "surrogateescape"))
