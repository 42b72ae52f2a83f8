"""``python -m mailwhy.i18n update|check [DOMAIN ...]``: for those who work on a checkout."""

import argparse
import sys

from mailwhy.i18n.catalogues import check, domains, update
from mailwhy.places import data_folder


def main() -> int:
    """Runs the command; 1 where a check found faults."""
    parser = argparse.ArgumentParser(prog="python -m mailwhy.i18n", description="Keep the catalogues in step.")
    parser.add_argument("action", choices=("update", "check"))
    parser.add_argument("domain", nargs="*", help="domains, such as causes; all where none is named")
    arguments = parser.parse_args()
    root = data_folder("locales").parent
    chosen = arguments.domain or domains(root)
    if arguments.action == "update":
        for domain in chosen:
            update(root, domain)
        return 0
    faults = [fault for domain in chosen for fault in check(root, domain)]
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{len(faults)} faults in {len(chosen)} domains\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
