"""Billfold: a server that makes, numbers, prints, sends and shows billing documents."""

__version__ = "0.1.0"
