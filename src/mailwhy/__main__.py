"""``python -m mailwhy`` is the command ``mailwhy``."""

import sys

from mailwhy.cli import main

sys.exit(main())
