"""A small knowledge base of its own, so that these tests don't depend on what the real one says."""

from pathlib import Path

import pytest

FILES = {
    "causes/full.yaml": """\
id: full
status: stable
since: 2026-01-01
updated: 2026-01-01
title: The mailbox is full
summary: There is no room.
details: Quota.
responsible: recipient
temporary: true
resolutions: [wait]
questions: [how-long]
""",
    "causes/relay.yaml": """\
id: relay
status: stable
since: 2026-01-01
updated: 2026-01-01
title: Relay refused
summary: It was refused.
details: Relaying.
responsible: sender
temporary: false
""",
    "resolutions/wait.yaml": """\
id: wait
status: stable
since: 2026-01-01
updated: 2026-01-01
title: Wait
why: Room comes.
responsible: recipient
instructions:
  - client: any
    steps: [Wait a day.]
""",
    "questions/how-long.yaml": """\
id: how-long
status: stable
question: Since when?
options:
  - id: today
    label: Since today
    effects: {full: 1.0}
  - id: longer
    label: For longer
""",
    "codes/winsock.yaml": """\
kind: winsock
family: winsock
source: Microsoft
codes:
  - code: "10061"
    also: ["61"]
    symbol: WSAECONNREFUSED
    meaning: Refused.
    causes: {relay: 2}
""",
    "codes/enhanced.yaml": """\
kind: smtp-enhanced
family: iana
codes:
  - {code: X.2.2, meaning: Full., causes: {full: 4}}
  - {code: 5.7.57, meaning: Not signed in.}
""",
    "replies/postfix.yaml": """\
source: Postfix
replies:
  - id: full
    match: ["mailbox * full"]
    causes: {full: 5}
    examples: ["552 5.2.2 The mailbox of lea is full"]
  - id: relay
    match: ["relay access denied"]
    causes: {relay: 5}
    examples: ["554 5.7.1 Relay access denied"]
""",
    "providers/home.yaml": """\
id: home
name: Home
domains: [example.com]
submission: [{host: smtp.example.com, port: 465, tls: implicit}]
source: made up
date: 2026-01-01
""",
    "weights.yaml": """\
unknown: 1.0
elsewhere: 0.0
evidence:
  reply: [1, 2, 3, 4, 5]
  notice: [1, 2, 3, 4, 5]
  smtp-enhanced: [1, 2, 3, 4, 5]
  smtp-reply: [1, 2, 3, 4, 5]
  hresult: [1, 2, 3, 4, 5]
  winsock: [1, 2, 3, 4, 5]
  settings: [1, 2, 3, 4, 5]
  symptom: [1, 2, 3, 4, 5]
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write(tmp_path / "kb", FILES)


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture(name="write")
def write_fixture():
    return write
