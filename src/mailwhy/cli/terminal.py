"""What the terminal can do."""

import os
import shutil
import sys
from typing import TextIO

from mailwhy.rendering.text import Style

__all__ = ["style_for"]

_WIDEST = 100
_NARROWEST = 40


def style_for(stream: TextIO) -> Style:
    """How to write to this stream.

    Colours only where the stream is a terminal that has them and the user wants them (no-color.org; FORCE_COLOR
    for those who pipe into a pager that shows them).
    """
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    colour = wanted and (stream.isatty() or bool(os.environ.get("FORCE_COLOR")))
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 80
    return Style(colour=colour, width=max(_NARROWEST, min(_WIDEST, columns)), hints=True)
