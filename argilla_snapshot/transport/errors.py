"""What can go wrong between the tool and a server.

ServerError                    an answer that the tool can't go on with (exit code 1)
├── UnreachableError           no server answers at that address (1)
├── UnsupportedServerError     a server, but not one of those supported (7)
├── RefusedRowsError           a database does not take rows, for a rule of its own: a key that is there twice, a row that they refer to and that is gone, a value that it can't hold (1)
├── NotAllowedError            401, 403, or a login page instead of an answer (8)
└── TemporaryError             timeouts, resets, 408, 429, 502, 503, 504, 520 to 524: still so when patience ended (75)
"""

import click


class ServerError(click.ClickException):
    """An answer that the tool can't go on with.

    Attributes:
        status: the HTTP status, or None where there was no answer.
        detail: the server's own words.
    """

    def __init__(self, message: str, status: int | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.detail = detail


class UnreachableError(ServerError):
    """No server answers at that address."""


class UnsupportedServerError(ServerError):
    """There is a server, but not one of those supported."""

    exit_code = 7


class RefusedRowsError(ServerError):
    """A database does not take rows: they break a rule of its own, a unique key or a reference for example, or hold a value that it can't."""


class NotAllowedError(ServerError):
    """The server refuses the key, or the key's role is not enough."""

    exit_code = 8


class TemporaryError(ServerError):
    """Trouble that usually passes; the work is kept, and the same command goes on with it.

    Attributes:
        retry_after: seconds after which the server asks to be asked again; 0 where it says nothing.
        late: whether the answer did not come in time: the server may be at work on the request still.
    """

    exit_code = 75

    def __init__(self, message: str, status: int | None = None, detail: str = "", retry_after: float = 0.0, *, late: bool = False) -> None:
        super().__init__(message, status, detail)
        self.retry_after = retry_after
        self.late = late
