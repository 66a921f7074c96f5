"""What opens the way to a server, beside its own key: a token for private Spaces, and headers for a proxy that lets only some through."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

#: Who may have the token: Hugging Face, and the Spaces there.
_HUGGING_FACE = ("huggingface.co", "*.hf.space")
#: What the requests themselves say, in headers that nobody may set.
OURS = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding"}
    | {f"x-{name}-{what}" for name in ("argilla", "rubrix") for what in ("api-key", "workspace")}
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is sent with every request to an Argilla server. All of it is secret.

    Attributes:
        token: a Hugging Face token. It goes only to Hugging Face and to ``token_hosts``, and only over https.
        token_hosts: names of further hosts; ``*.example.org`` are all below that one.
        headers: further headers.
    """

    token: str | None = field(default=None, repr=False)
    token_hosts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def for_server(self, address: httpx.URL) -> dict[str, str]:
        """The headers for requests to a server; a header that was given is stronger than the token."""
        authorized = any(name.lower() == "authorization" for name in self.headers)
        token = {"Authorization": f"Bearer {self.token}"} if self.token and self.may_have_token(address) and not authorized else {}
        return {**token, **self.headers}

    def may_have_token(self, address: httpx.URL) -> bool:
        """Whether a server may have the token."""
        return address.scheme == "https" and any(_is_host(address.host, name.lower()) for name in (*_HUGGING_FACE, *self.token_hosts))

    def withheld(self, address: httpx.URL) -> str:
        """What to say where a server refuses who has no token, and the token was not sent to it."""
        if not self.token or self.may_have_token(address):
            return ""
        where = f"name {address.host} in ARGILLA_HF_TOKEN_HOSTS" if address.scheme == "https" else "use https"
        return f" HF_TOKEN was not sent, because this is no address of Hugging Face over https: {where}, if the server may have it."

    @property
    def all(self) -> list[str]:
        """What nobody may see."""
        return [self.token or "", *self.headers.values()]


def sendable(secret: str) -> bool:
    """Whether a text can be the value of a header."""
    return secret.isascii() and secret.isprintable() and secret == secret.strip()


def _is_host(host: str, name: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
