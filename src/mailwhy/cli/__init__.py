"""The command ``mailwhy``."""

from mailwhy.cli.main import main

__all__ = ["main"]
