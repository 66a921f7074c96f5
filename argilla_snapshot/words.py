"""Words for people that every room needs."""


def counted(number: int, noun: str) -> str:
    """A number of things, the noun with an s but for one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
