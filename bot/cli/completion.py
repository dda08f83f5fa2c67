"""`tocsin completion`: lets a shell complete verbs and options."""

import click
from click.shell_completion import get_completion_class

from bot.errors import SettingsError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, *, shell: str) -> None:
    """Print what makes SHELL complete verbs and options.

    For bash: `tocsin completion bash >> ~/.bashrc`.
    """
    maker = get_completion_class(shell)
    if maker is None:
        raise SettingsError(f"Nothing is known of the shell {shell}.", "Use bash, zsh or fish.")
    # `source` of the bash class would start bash to look at its version, which says nothing about where it is used.
    made = maker(context.find_root().command, {}, "tocsin", "_TOCSIN_COMPLETE")
    click.echo(made.source_template % made.source_vars())
