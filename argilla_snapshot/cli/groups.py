"""The order in which help tells of the commands, and the groups of options."""

import click

#: Title -> the commands, in the order of the work.
COMMANDS = {
    "Move": ("export", "plan", "import", "verify", "report"),
    "Afterwards": ("reassign", "undo"),
    "Look and check": ("inspect", "annotations", "check", "diff", "check-upgrade"),
    "Copy": ("pack", "unpack"),
    "Set up": ("completion",),
}
#: Title -> names of options as they are typed.
GROUPS = {
    "What is taken": (
        "--workspace",
        "--dataset",
        "--exclude-workspace",
        "--exclude-dataset",
        "--only-users",
        "--no-open-closed",
        "--sample",
        "--records",
        "--suggestions",
        "--target",
    ),
    "Names on the new server": ("--rename", "--dataset-suffix", "--workspace-map", "--on-conflict"),
    "People": ("--user-map", "--unknown-annotators", "--passwords", "--users-yml", "--default-workspace", "--csv", "--delete-empty"),
    "Content": (
        *("--multi-label-threshold", "--default-annotation", "--validated-predictions", "--discarded", "--all-predictions"),
        *("--no-status", "--no-vectors", "--keep-tokens", "--keep-explanations", "--ignore"),
    ),
    "Storage behind the server": ("--database", "--search-engine", "--namespace", "--no-backup"),
    "Old API keys and passwords": ("--credentials", "--credentials-unsealed", "--update-accounts"),
    "The snapshot's files": ("--deep", "--update"),
    "How it runs": ("--config", "--write", "--dry-run", "--yes", "--restart", "--concurrency", "--part", "--repair", "--timeout"),
    "Output": ("--format", "--output", "--html", "--json", "--verbose", "--log-file", "--help"),
}
OTHER = "Other options"


def group_of(option: click.Option) -> str:
    """The title of the group that an option is in."""
    return next((title for title, names in GROUPS.items() if set(names) & set(option.opts)), OTHER)


class Commands(click.Group):
    """Commands in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """As they were added."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands group by group."""
        del ctx
        for title, names in COMMANDS.items():
            if records := [(name, self.commands[name].short_help or "") for name in names if name in self.commands]:
                with formatter.section(title):
                    formatter.write_dl(records)
