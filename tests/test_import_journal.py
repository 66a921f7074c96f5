"""What lies beside a snapshot while it is imported: the credentials, and what is said when they are not as they were written."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.done import Done
from importer.errors import JournalError
from importer.journal import CREDENTIALS, Journal
from importer.options import ImportOptions
from importer.plan import Plan, TargetInfo

PLAN = Plan("id", "fingerprint", TargetInfo("http://new", "2.8.0", "owner"), ImportOptions(), [], [], [], [], [], [])


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal whose credentials name two users."""
    begun = Journal(tmp_path, PLAN, Done())
    begun.remember_password("ana", 'a"b,c\nd')
    begun.remember_password("zoë", "correct horse")
    return begun


def test_each_user_has_one_row_with_the_last_password(journal: Journal) -> None:
    journal.remember_password("ana", "battery staple")
    file = journal.folder / CREDENTIALS
    assert file.read_bytes().decode() == "username,password\r\nana,battery staple\r\nzoë,correct horse\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert journal.passwords() == {"ana": "battery staple", "zoë": "correct horse"}


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.rstrip(), lambda text: text.replace("\r\n", "\n")])
def test_what_an_editor_changes_makes_no_difference(journal: Journal, change: Callable[[str], str]) -> None:
    file = journal.folder / CREDENTIALS
    before = journal.passwords()
    file.write_bytes(change(file.read_bytes().decode()).encode())
    assert journal.passwords() == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"username;password\r\nana;x\r\n", "its first line is not username,password"),
        (b"", "its first line is not username,password"),
        ("username,password\r\nzoë,x\r\n".encode("cp1252"), "can't decode byte"),
        (b"username,password\r\nana\r\n", "not enough values"),
        (b'username,password\r\nana,"x\r\n', "unexpected end of data"),
    ],
)
def test_what_is_not_as_it_was_written_is_told_in_one_line(journal: Journal, content: bytes, says: str) -> None:
    file = journal.folder / CREDENTIALS
    file.write_bytes(content)
    for ask in (journal.passwords, lambda: journal.remember_password("eve", "battery staple")):
        with pytest.raises(JournalError) as refused:
            ask()
        message = refused.value.format_message()
        assert (says in message, str(file) in message, message.count("\n")) == (True, True, 0)
    assert file.read_bytes() == content
