"""The command line: parse the arguments, open the parts, call one service, print the result."""

from billfold.cli.application import main

__all__ = ["main"]
