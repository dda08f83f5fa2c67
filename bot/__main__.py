"""`python -m bot` is `tocsin`."""

import sys


def main() -> None:
    """Runs the command line. Ctrl-C is heard while it is loaded as well."""
    try:
        from bot.cli.main import main as run_command_line  # noqa: PLC0415  what loads slowly is loaded in here

        run_command_line()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
