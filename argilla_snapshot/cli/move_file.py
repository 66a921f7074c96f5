"""A plan as a file for ``--config``: everything in it, and what becomes of it, to be edited. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click
import orjson

from argilla_snapshot.cli.config import options_of, when_given
from argilla_snapshot.cli.output import plain
from argilla_snapshot.words import counted
from importer.plan import Agent, DatasetPlan, Plan, UserPlan, WorkspacePlan

#: Options that the tables of names stand for, and what is none of the plan's.
_ELSEWHERE = {"user-map", "workspace-map", "rename", "json"}
#: A password in an address, which is shown and kept nowhere.
PASSWORD = re.compile(r"//[^@]*:[^@]*@|password=")
_HEAD = """\
# What becomes of a snapshot on {url} (Argilla {version}). Edit it, look at what comes of it, and do it:
#
#   argilla-snapshot plan DIR --config FILE
#   argilla-snapshot import DIR --config FILE
#
# What is typed beside --config wins. A line that begins with # says nothing: take the # away to change a default.

[import]
"""
_WORKSPACES = """
# Workspaces of the snapshot. true: it is made. false: it is left out with its datasets. "name": it becomes the workspace of that name.
[workspaces]
"""
_DATASETS = """
# Datasets of the snapshot. true: it is imported. false: it is left out. "name": it is imported under that name.
[datasets]
"""
_USERS = """
# Users of the snapshot. true: the user keeps the name. "name": the user becomes the user of that name.
[users]
"""
_ANNOTATORS = """
# Who annotated and is no user of the old server. true: as the option unknown-annotators says. "name": the responses go to the user of that name.
[annotators]
"""


def written(plan: Plan, command: click.Command, given: Mapping[str, Any], typed: Iterable[str]) -> str:
    """The file.

    Args:
        command: the one that made the plan.
        given: the values of its options, by parameter.
        typed: the parameters that are not at their default.
    """
    typed, maps = set(typed), plan.options
    lines = [_HEAD.format(url=plain(plan.target.url), version=plain(plan.target.version))]
    for name, option in options_of(command).items():
        if name not in _ELSEWHERE:
            lines += _option(name, option, given.get(option.name or ""), typed=option.name in typed)
    lines.append(_WORKSPACES)
    lines += _table(((w.source_name, _workspace(w)) for w in plan.workspaces), maps.workspace_map)
    lines.append(_DATASETS)
    named = {name.replace("/", ".", 1): name for name in maps.rename}
    lines += _table(
        ((d.source if d.source in maps.rename else named.get(d.source, d.source), _dataset(d)) for d in plan.datasets), maps.rename
    )
    users = {user.source_username: _user(user) for user in plan.users if user.source_username is not None}
    agents = {agent.agent: _agent(agent) for agent in plan.agents if agent.agent is not None and agent.agent not in users}
    lines.append(_USERS)
    lines += _table(users.items(), {name: new for name, new in maps.user_map.items() if name not in agents})
    lines.append(_ANNOTATORS)
    lines += _table(agents.items(), {name: new for name, new in maps.user_map.items() if name in agents})
    lines += [f"# {_agent(agent)}, and the old server does not say whose they are.\n" for agent in plan.agents if agent.agent is None]
    return "".join(lines)


def _option(name: str, option: click.Option, value: Any, *, typed: bool) -> Iterator[str]:
    choices = f" ({', '.join(map(str, option.type.choices))})" if isinstance(option.type, click.Choice) else ""
    yield f"\n# {plain(option.help or '').removesuffix('.')}{choices}.\n"
    if option.is_flag:
        yield f"{'' if value == when_given(option) else '# '}{name} = true\n"
    elif option.multiple:
        yield f"{name} = [{', '.join(map(_text, value))}]\n" if value else f"# {name} = []\n"
    elif isinstance(value, str) and PASSWORD.search(value):
        yield f"# {name} has a password in it, so it is not written here: type --{name}.\n"
    elif value is None:
        yield f'# {name} = ""\n'
    else:
        yield f"{'' if typed else '# '}{name} = {value if isinstance(value, int | float) else _text(value)}\n"


def _table(rows: Iterable[tuple[str, str]], new: Mapping[str, str]) -> Iterator[str]:
    """A line for each name, and for those that have a new one and are not in the plan by themselves."""
    left = dict(new)
    for name, becomes in rows:
        yield f"{_text(name)} = {_text(left.pop(name)) if name in left else 'true'}  # {plain(becomes)}\n"
    for name, other in left.items():
        yield f"{_text(name)} = {_text(other)}\n"


def _workspace(workspace: WorkspacePlan) -> str:
    there = "is there already" if workspace.action == "reuse" else "new"
    return f"{workspace.name}, {there}"


def _dataset(dataset: DatasetPlan) -> str:
    fates = {"skip": "is there already, and stays as it is", "replace": "is deleted there, and imported"}
    return f"{counted(dataset.records, 'record')}: {dataset.target} {fates.get(dataset.action, 'is made')}"


def _user(user: UserPlan) -> str:
    return f"{user.role}: {user.username}, {'who is there already' if user.action == 'reuse' else 'new'}"


def _agent(agent: Agent) -> str:
    responses = counted(agent.responses, "response")
    return f"{responses} for {agent.username}" if agent.username is not None else f"{responses}, left out"


def _text(value: Any) -> str:
    """A text as TOML has it: what JSON escapes, and one character more."""
    return orjson.dumps(str(value)).decode().replace("\x7f", "\\u007f")
