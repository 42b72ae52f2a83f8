"""Reads one YAML file, and knows the line that each value stands on."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from mailwhy.knowledge.errors import Problem

__all__ = ["line_of", "read_yaml", "repeated_keys"]

_MOST_BYTES = 4 << 20

# libyaml's loader is ten times as fast; some platforms' wheels lack it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> tuple[Any, list[Problem]]:  # noqa: PLR0911 - one a thing that can be wrong
    """The content of a file, and what kept it from being read (then the content is None)."""
    try:
        if not path.is_file():
            return None, [Problem(path, 0, "is no file", "put a file in its place, or remove it")]
        if path.stat().st_size > _MOST_BYTES:
            remedy = "split it into several files"
            return None, [Problem(path, 0, f"is larger than {_MOST_BYTES >> 20} MiB", remedy)]
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return None, [Problem(path, 0, f"can't be read ({error.strerror})", "check its name and permissions")]
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return None, [Problem(path, line, "is not UTF-8", "save the file with the encoding UTF-8")]
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):  # a few of them multiply to gigabytes, or never end
                line = event.start_mark.line + 1 if event.start_mark else 0
                return None, [Problem(path, line, "holds an alias (*)", "write the value out where it is needed")]
        return yaml.load(text, Loader=_Loader), []  # noqa: S506 - both loaders are the safe ones
    except RecursionError:
        return None, [Problem(path, 0, "is nested too deeply", "write it flatter")]
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # a date that there is not, and the like
        return None, [Problem(path, _faulty_line(text), f"YAML: {error}", "put quotes around the value")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", None) or "is not YAML"
        remedy = "put quotes around the value, or check the indentation"
        return None, [Problem(path, mark.line + 1 if mark else 0, f"YAML: {told}", remedy)]


def _faulty_line(text: str) -> int:
    """The line of the first value that YAML can't convert; 0 where none is it alone."""
    loader = _Loader(text)
    stack = [loader.get_single_node()]
    faulty = []
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.ScalarNode):
            try:
                loader.construct_object(node)
            except (ValueError, TypeError, KeyError, AttributeError):
                faulty.append(node.start_mark.line + 1)
        elif isinstance(node, yaml.SequenceNode):
            stack.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            stack.extend(part for pair in node.value for part in pair)
    return min(faulty, default=0)


def line_of(path: Path, location: Sequence[str | int]) -> int:
    """The line of a value, named by the keys and places that lead to it; as deep as the path can be followed."""
    node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    line = 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def repeated_keys(path: Path) -> Iterator[Problem]:
    """Keys that stand twice in one mapping, of which YAML would silently keep the last."""
    stack = [yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader)]
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.SequenceNode):
            stack.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    yield Problem(path, line, f"the key {key.value!r} stands twice", "keep one of them")
                seen.add(key.value)
                stack.append(value)
