"""Of which types a column may be: files that other tools wrote anew have types of their own for the same values."""

from collections.abc import Callable, Mapping

import pyarrow as pa
from pyarrow import types

Rule = Callable[[pa.DataType], bool]

_LISTS = (types.is_list, types.is_large_list, types.is_fixed_size_list, types.is_list_view, types.is_large_list_view)


def _is(*kinds: Rule) -> Rule:
    return lambda type_: any(is_kind(type_) for is_kind in (types.is_null, *kinds))


whole = _is(types.is_integer)
number = _is(types.is_integer, types.is_floating)
moment = _is(types.is_timestamp)
_some_text = _is(types.is_string, types.is_large_string, types.is_string_view)


def text(type_: pa.DataType) -> bool:
    """Text, plain or of a dictionary."""
    return _some_text(type_.value_type if types.is_dictionary(type_) else type_)


def one_of(*rules: Rule) -> Rule:
    """What one of the rules takes."""
    return lambda type_: any(rule(type_) for rule in rules)


def list_of(rule: Rule) -> Rule:
    """A list of what a rule takes."""
    return lambda type_: types.is_null(type_) or (any(is_kind(type_) for is_kind in _LISTS) and rule(type_.value_type))


def struct(members: Mapping[str, Rule]) -> Rule:
    """A struct whose members of these names are of these types; others are left unread."""
    return lambda type_: (
        types.is_null(type_)
        or (types.is_struct(type_) and all(members[field.name](field.type) for field in type_ if field.name in members))
    )


def struct_of(rule: Rule) -> Rule:
    """A struct with any names, all members of one kind."""
    return lambda type_: types.is_null(type_) or (types.is_struct(type_) and all(rule(field.type) for field in type_))


#: A metadata value that is no list.
value = one_of(text, number, _is(types.is_boolean))
#: The metadata of a record.
metadata = struct_of(one_of(value, list_of(value)))
vectors = struct_of(list_of(number))
