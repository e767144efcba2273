"""The command line: `python -m geo COMMAND`; one module of geo.commands for each command.

Exit status: 0 done, 1 partly failed (every failure is named on standard error), 2 wrong usage.
Results go to standard output, everything else (progress, failures, summaries) to standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from geo import __version__, logs
from geo.commands import COMMANDS
from geo.commands.common import UsageError, say
from geo.errors import GeoError, SettingsError
from geo.settings import Settings

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def parser() -> argparse.ArgumentParser:
    """The whole command line as argparse understands it."""
    top = argparse.ArgumentParser(
        prog="python -m geo",
        description="Dateline: read news, find the places and events in it, and locate them.",
        epilog="Settings come from environment variables; docs/settings.md lists them.",
    )
    top.add_argument("--version", action="version", version=f"dateline {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add_parser(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; wrong usage ends in SystemExit(2), as argparse
    does it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name in a script that the terminal lacks: no crash
            stream.reconfigure(errors="backslashreplace")
    arguments = parser().parse_args(argv)
    try:
        settings = Settings.from_env()
        logs.configure(settings)
        status: int = arguments.run(arguments, settings)
        sys.stdout.flush()
    except (UsageError, SettingsError) as error:
        say(f"error: {error}")
        return USAGE
    except GeoError as error:
        say(f"error: {error}")
        return FAILED
    except BrokenPipeError:
        # The reader (`| head`) has seen enough. Python would complain once more while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:  # a full disk, a closed stream: whatever no command foresaw
        say(f"error: {error.filename or 'output'}: {error.strerror or error}")
        return FAILED
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED
    return status
