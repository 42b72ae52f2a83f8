"""``python -m mailwhy.training NAME``: trains one of the models, or fits the weights."""

import sys
from importlib import import_module

TRAININGS = {
    "judge": "mailwhy.training.judge",
    "wordings": "mailwhy.training.wordings",
    "weights": "mailwhy.training.weights",
}

if len(sys.argv) < 2 or sys.argv[1] not in TRAININGS:
    sys.exit(f"usage: python -m mailwhy.training {{{','.join(TRAININGS)}}}")
sys.exit(import_module(TRAININGS[sys.argv[1]]).main(sys.argv[2:]))
