"""What can go wrong with the servers, each as one message that says what to do."""


class ServersError(Exception):
    """Base of all errors of this room."""


class InstallError(ServersError):
    """Something could not be made ready from the package registries."""


class StartError(ServersError):
    """A server ended, or else did not answer in time; the message shows the end of its log."""

    def __init__(self, message: str, *, ended: bool = False) -> None:
        super().__init__(message)
        self.ended = ended


class StopError(ServersError):
    """A server does not end."""


class RequestRefusedError(ServersError):
    """A server refused a request; ``status`` is the HTTP status it gave, if any."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
