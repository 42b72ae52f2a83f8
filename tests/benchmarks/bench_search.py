"""Times of the search and of the check of settings: ``python tests/benchmarks/bench_search.py``."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from mailwhy.diagnosis.providers import ProviderIndex, check_settings
from mailwhy.diagnosis.search import SearchIndex
from mailwhy.diagnosis.search_documents import documents
from mailwhy.diagnosis.search_words import LANGUAGES
from mailwhy.i18n import translator
from mailwhy.knowledge import KnowledgeBase
from mailwhy.parsing.report import Report

QUERIES = Path(__file__).parents[1] / "fixtures" / "queries.yaml"
REPORT = Report(
    client="outlook-express",
    error_number="0x800CCC79",
    smtp_code=550,
    server="smtp.orange.fr",
    port=25,
    ssl=False,
    protocol="SMTP",
    account="me@free.fr",
    span=(0, 1),
)


def median(action: Callable[[], object], times: int) -> float:
    """Median seconds of an action, after one run to warm up."""
    action()
    measured = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        measured.append(time.perf_counter() - start)
    return statistics.median(measured)


def main() -> None:
    kb = KnowledgeBase.load()
    texts = [document for locale in LANGUAGES for document in documents(kb, translator(locale))]
    index = SearchIndex.build(texts)
    queries = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    providers = ProviderIndex.build(kb.providers.values())
    rows = [
        (f"index of {len(texts)} documents", median(lambda: SearchIndex.build(texts), 5)),
        (
            f"search, mean of {len(queries)} queries",
            median(lambda: [index.search(query["query"], query["locale"]) for query in queries], 5) / len(queries),
        ),
        (
            f"index of {len(kb.providers)} providers",
            median(lambda: ProviderIndex.build(kb.providers.values()), 20),
        ),
        ("settings of one report", median(lambda: check_settings(REPORT, providers), 1000)),
    ]
    for name, seconds in rows:
        print(f"{name:<40} {seconds * 1000:10.3f} ms")


if __name__ == "__main__":
    main()
