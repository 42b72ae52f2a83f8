"""``python -m mailwhy.training judge``."""

import sys

from mailwhy.training.judge import train

sys.stdout.write(f"{train()}\n")
