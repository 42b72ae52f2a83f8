"""``python -m mailwhy.training judge``: write ``parser/judge.json`` anew."""

import sys

from mailwhy.places import data_folder
from mailwhy.training.judge import train

if sys.argv[1:] != ["judge"]:
    sys.exit("usage: python -m mailwhy.training judge")
(data_folder("parser") / "judge.json").write_text(train(), encoding="utf-8")
