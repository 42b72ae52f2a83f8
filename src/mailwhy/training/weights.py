"""Fits ``kb/weights.yaml``: ``python -m mailwhy.training weights FIXTURES``.

Besides the labelled reports, which the knowledge base grew with, it takes texts that a part of the knowledge base has
not seen: the wordings of some servers' files are switched off, the model of wordings is trained without them, and their
examples are diagnosed. So the weights and the confidence hold for servers that nobody has written about.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from mailwhy.diagnosis.evidence import collect
from mailwhy.diagnosis.fitting import Sample, read_samples, sample, to_yaml
from mailwhy.knowledge import KnowledgeBase, builtin
from mailwhy.parsing import parse
from mailwhy.places import data_folder
from mailwhy.training.wordings import samples, train, without

__all__ = ["held_out", "main"]

_FOLDS = 5
_NEARLY = 1
"""A cause this much weaker than the strongest one of its entry is accepted too."""


def held_out(folds: int = _FOLDS) -> Iterator[tuple[str, KnowledgeBase, Sample]]:
    """Examples of replies with the evidence that a knowledge base without their file has for them."""
    kb, folder = builtin(), data_folder("kb")
    learnt = samples(kb, folder / "models" / "variants.yaml")
    files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((folder / "replies").glob("*.yaml"))]
    own = [file["replies"] for file in files if not file.get("general")]
    for fold in range(folds):
        entries = [entry["id"] for file in own[fold::folds] for entry in file if entry.get("where") != "notice"]
        with tempfile.TemporaryDirectory() as name:
            overlay = Path(name)
            (overlay / "models").mkdir()
            (overlay / "models" / "wordings.json").write_text(json.dumps(train(without(learnt, set(entries)))))
            (overlay / "switched-off.yaml").write_text(yaml.safe_dump({"replies": entries}))
            rest = KnowledgeBase.load(overlay)
            for key in entries:
                causes = kb.replies[key].causes
                least = max(causes.values()) - _NEARLY
                accepted = [cause for cause in _by_strength(causes) if causes[cause] >= least]
                for example in kb.replies[key].examples:
                    for report in parse(f"Server Response: '{example}'", kb=rest)[:1]:
                        yield example, rest, sample(collect(report, rest).evidence, accepted)


def _by_strength(causes: Mapping[str, int]) -> list[str]:
    return sorted(causes, key=causes.__getitem__, reverse=True)


def main(arguments: Sequence[str]) -> int:
    """Prints the weights as YAML."""
    parser = argparse.ArgumentParser(prog="python -m mailwhy.training weights", description=__doc__)
    parser.add_argument("fixtures", nargs="+", type=Path, help="folders or files of labelled reports")
    known = list(read_samples(parser.parse_args(arguments).fixtures, builtin()))
    unseen = [found for _, _, found in held_out()]
    sys.stdout.write(to_yaml(known, unseen))
    return 0
