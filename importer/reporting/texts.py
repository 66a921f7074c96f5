"""Texts from anywhere, so that a browser shows them as what they are: no markup, nothing unseen, nothing that turns what follows. Pure."""

import re

from markupsafe import Markup, escape

#: What can't be seen, or turns the direction of what follows: it is shown by its number.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def shown(value: object) -> Markup:
    """A text for the page."""
    text = str(value)
    parts, at = [], 0
    for found in _UNSEEN.finditer(text):
        sign = Markup('<span class="sign">{}</span>').format(f"U+{ord(found[0]):04X}")
        parts += [escape(text[at : found.start()]), sign]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def words(text: str) -> Markup:
    """A sentence of ours for the page: what stands between two backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return shown(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(shown(part)) if number % 2 else shown(part) for number, part in enumerate(parts)
    )


def plain(value: object) -> str:
    """A text for where no markup can stand: titles and labels."""
    return _UNSEEN.sub("\ufffd", str(value))


def sentence(text: str) -> str:
    """A text with a capital letter at its beginning and a stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", ":", "!", "?")) else f"{text}."


def cut(text: str, most: int) -> str:
    """The beginning of a long text, and how much more there is."""
    return text if len(text) <= most else f"{text[:most]}… (and {len(text) - most:,} more characters)"
