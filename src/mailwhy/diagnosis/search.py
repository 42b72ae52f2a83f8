"""Finds entries of the knowledge base by words, in any of its languages at once, with typing errors, or by code.

The index is tantivy's, built in memory when it is first searched.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

import tantivy
from tantivy import Occur, Query

from mailwhy.diagnosis.search_words import LANGUAGES, analyzer, one_error_away, prepare

__all__ = ["Document", "Found", "Kind", "SearchIndex"]

Kind = Literal["cause", "symptom", "code", "resolution", "provider"]


@dataclass(frozen=True, slots=True)
class Document:
    """One entry in one language.

    ``keywords`` are phrases that people type; ``names`` are looked up as they stand: the forms of a code, such as
    "0x800CCC79" or "X.7.1", or the names of servers and domains.
    """

    kind: Kind
    id: str
    locale: str
    title: str
    body: str = ""
    keywords: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Found(NamedTuple):
    """An entry that a search found; scores are comparable within one search only."""

    kind: Kind
    id: str
    score: float


_FIELDS = {"phrase": 2.0, "body": 1.0}
"""What a word counts in a phrase (the title, or a keyword) and in the body.

Each phrase stands in the index for itself, so that a complaint is compared with one phrase and not with all of them
heaped together.
"""

_NEXT_PHRASE = 0.2
_PHRASES = 3
"""An entry's score adds up its body and its best phrases, each of these counting so much of the one before."""

_KINDS: dict[Kind, float] = {"resolution": 1.5, "symptom": 1.2, "provider": 1.0, "cause": 0.9, "code": 0.6}
"""Makes up for how much text there is of each kind: a resolution has a title, a cause the wordings of many servers,
and hundreds of codes have texts that are much alike."""

_OWN_LOCALE = 1.05
_PARTS_LOOKED_AT = 400
"""Phrases and bodies, best first, from which the entries are put together."""

_LONGEST_QUERY = 2000
"""Characters of a query that are looked at; a complaint is shorter, a whole ticket would match everything."""

_SHORTEST_MISSPELT = 3
_LONG = 8
_FUZZY_SCORE = 4.0
"""What a word with two errors counts, about as much as a rare one; tantivy scores all fuzzy matches alike."""

_NAME_SCORE = 1000.0
"""Above all that words can reach: who types a code wants that code."""

_HEX_MARK = re.compile(r"\b0\s?[x×]\s?(?=[0-9a-f]{8}\b)", re.IGNORECASE)
_TOKEN = re.compile(r"-?\w+(?:[.-]\w+)*")
_HRESULT = re.compile(r"0x[0-9a-f]{8}|(?=\d*[a-f])[0-9a-f]{8}")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_DECIMAL = re.compile(r"-?\d{10}")


class SearchIndex:
    """Documents that can be searched."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._documents = documents
        self._titles: dict[str, list[Document]] = {}
        self._names: dict[str, list[Document]] = {}
        for document in documents:
            self._titles.setdefault(document.title.lower(), []).append(document)
            for name in document.names:
                self._names.setdefault(name.lower(), []).append(document)
        self._analyzers = {language: analyzer(language) for language in LANGUAGES}
        self._schema = _schema()
        index = tantivy.Index(self._schema)
        for language, words in self._analyzers.items():
            index.register_tokenizer(language, words)
        _fill(index, documents)
        self._searcher = index.searcher()
        self._vocabulary = {language: self._terms(language) for language in LANGUAGES}

    @classmethod
    def build(cls, documents: Iterable[Document]) -> Self:
        """The index of some documents; a document in a language without a stemmer is searched as an English one."""
        return cls(tuple(documents))

    def search(self, query: str, locale: str = "en", limit: int = 10) -> list[Found]:
        """The entries that answer a query best, each once, whatever the language it was found in.

        Entries in the reader's language win where both fit equally. A query that names codes or servers gives these
        first, the most telling before the others.
        """
        query = query[:_LONGEST_QUERY]
        scores: dict[tuple[Kind, str], float] = {}
        for document, score in self._by_words(query):
            own = _OWN_LOCALE if document.locale == locale else 1.0
            _keep_best(scores, document, score * own * _KINDS[document.kind])
        for document in self._titles.get(query.strip().lower(), ()):
            _keep_best(scores, document, _NAME_SCORE)
        for rank, name in enumerate(_names_in(query), start=1):
            for document in self._names.get(name, ()):
                _keep_best(scores, document, _NAME_SCORE - rank)
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return [Found(kind, name, score) for (kind, name), score in best[:limit]]

    def _by_words(self, query: str) -> Iterator[tuple[Document, float]]:
        words = self._query(query)
        if words is None:
            return
        hits = self._searcher.search(words, limit=_PARTS_LOOKED_AT).hits
        places = self._searcher.fast_field_values("place", [address for _, address in hits])
        bodies: dict[int, float] = {}
        phrases: dict[int, list[float]] = {}
        for (score, _), place in zip(hits, places, strict=True):
            number, is_body = divmod(int(place or 0), 2)
            if is_body:
                bodies[number] = score
            else:
                phrases.setdefault(number, []).append(score)
        for number in bodies.keys() | phrases.keys():
            best = phrases.get(number, [])[:_PHRASES]
            yield (
                self._documents[number],
                bodies.get(number, 0.0) + sum(score * _NEXT_PHRASE**rank for rank, score in enumerate(best)),
            )

    def _terms(self, language: str) -> Counter[str]:
        terms: Counter[str] = Counter()
        for field in _FIELDS:
            terms.update(dict(self._searcher.terms_with_prefix(f"{field}_{language}", "")))
        return terms

    def _query(self, text: str) -> Query | None:
        """Any of the words, in any language.

        Typing errors are looked for in the language that knows most of the words, in each where they know as many.
        """
        words = {
            language: dict.fromkeys(words.analyze(prepare(text, language)))
            for language, words in self._analyzers.items()
        }
        known = {language: [word for word in words[language] if self._vocabulary[language][word]] for language in words}
        parts = [(Occur.Should, self._exactly(word, language)) for language in words for word in known[language]]
        share = {language: len(known[language]) / (len(words[language]) or 1) for language in words}
        spoken = [language for language in words if share[language] == max(share.values())]
        guesses = (
            self._roughly(word, language)
            for language in spoken
            for word in words[language]
            if word not in known[language]
        )
        parts.extend((Occur.Should, guess) for guess in guesses if guess is not None)
        return Query.boolean_query(parts) if parts else None

    def _exactly(self, word: str, language: str) -> Query:
        return _any_field(
            (Query.term_query(self._schema, f"{field}_{language}", word), weight) for field, weight in _FIELDS.items()
        )

    def _roughly(self, word: str, language: str) -> Query | None:
        """The commonest known word that is one typing error away; a long word bears two."""
        if len(word) < _SHORTEST_MISSPELT or not word.isalpha():
            return None
        vocabulary = self._vocabulary[language]
        meant = max(one_error_away(word), key=lambda other: (vocabulary[other], other))
        if vocabulary[meant]:
            return self._exactly(meant, language)
        if len(word) < _LONG:
            return None
        return _any_field(
            (Query.fuzzy_term_query(self._schema, f"{field}_{language}", word, distance=2), weight * _FUZZY_SCORE)
            for field, weight in _FIELDS.items()
        )


def _keep_best(scores: dict[tuple[Kind, str], float], document: Document, score: float) -> None:
    key = (document.kind, document.id)
    scores[key] = max(scores.get(key, 0.0), score)


def _any_field(queries: Iterable[tuple[Query, float]]) -> Query:
    return Query.disjunction_max_query([Query.boost_query(query, weight) for query, weight in queries], 0.2)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for language in LANGUAGES:
        for field in _FIELDS:
            builder.add_text_field(f"{field}_{language}", tokenizer_name=language)
    builder.add_integer_field("place", fast=True)
    return builder.build()


def _fill(index: tantivy.Index, documents: Iterable[Document]) -> None:
    writer = index.writer(heap_size=15_000_000, num_threads=1)  # tantivy's least; one thread keeps the order
    for number, document in enumerate(documents):
        language = document.locale.partition("-")[0]
        language = language if language in LANGUAGES else "en"
        for phrase in (document.title, *document.keywords):
            writer.add_document(_part(number * 2, f"phrase_{language}", prepare(phrase, language)))
        if document.body:
            writer.add_document(_part(number * 2 + 1, f"body_{language}", prepare(document.body, language)))
    writer.commit()
    index.reload()


def _part(place: int, field: str, text: str) -> tantivy.Document:
    return tantivy.Document(place=place, **{field: text})


def _names_in(query: str) -> list[str]:
    """What in a query may be a code or a server, in the forms that documents give them, the most telling first."""
    text = _HEX_MARK.sub("0x", query.lower()).replace("−", "-").replace("–", "-")
    tokens = dict.fromkeys(part for token in _TOKEN.findall(text) for part in (token, *token.split("-")))
    hresults = [f"0x{token[-8:]}" for token in tokens if _HRESULT.fullmatch(token)]
    hresults += [f"0x{int(token) & 0xFFFFFFFF:08x}" for token in tokens if _DECIMAL.fullmatch(token)]
    enhanced = [form for token in tokens if _ENHANCED.fullmatch(token) for form in (token, f"x{token[1:]}")]
    others = sorted((token for token in tokens if token not in enhanced), key=len, reverse=True)
    return [*hresults, *enhanced, *others]
