"""What the translators are given: the user-visible strings of the knowledge base, found by their keys.

The method for Babel has the signature that ``babel.messages.extract`` documents, so ``pybabel extract`` can use it too
(``[tool.babel.extractors]`` in pyproject.toml).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

import yaml

__all__ = ["TRANSLATED_KEYS", "extract_kb"]

TRANSLATED_KEYS = frozenset({
    "advice",
    "app_password",
    "details",
    "explanation",
    "label",
    "meaning",
    "note",
    "port25",
    "question",
    "sending_limits",
    "steps",
    "summary",
    "title",
    "versions",
    "why",
})  # fmt: skip
"""Keys of the knowledge base whose values are shown to people, wherever they stand, but for titles of references."""

_UNTRANSLATED_BRANCHES = frozenset({"references", "examples", "keywords"})

Extracted = tuple[int, str, str, list[str]]


def extract_kb(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],  # noqa: ARG001 - the signature is Babel's
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterator[Extracted]:
    """Yields (line, function name, message, comments) for each translated string of one YAML file.

    The comment tells the translator where the string stands: ``relay_denied.resolutions.steps``.
    """
    root = yaml.compose(fileobj, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if root is not None:
        yield from _walk(root, ())


def _walk(node: yaml.Node, path: tuple[str, ...]) -> Iterator[Extracted]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _walk(item, path)
    elif isinstance(node, yaml.MappingNode):
        pairs = {key.value: value for key, value in node.value}
        name = pairs.get("id") or pairs.get("code")
        here = (*path, name.value) if isinstance(name, yaml.ScalarNode) else path
        for key, value in pairs.items():
            if key in TRANSLATED_KEYS:
                yield from _strings(value, ".".join((*here, key)))
            elif key not in _UNTRANSLATED_BRANCHES:
                yield from _walk(value, here)


def _strings(node: yaml.Node, where: str) -> Iterator[Extracted]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _strings(item, where)
    elif isinstance(node, yaml.ScalarNode) and (text := node.value.strip()):
        yield node.start_mark.line + 1, "", text, [where]
