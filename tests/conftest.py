"""What all tests share: no colours, no language and no knowledge of this machine's user."""

import pytest


@pytest.fixture(autouse=True)
def _neutral_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "MAILWHY_KB", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def _key_of_pseudonyms() -> None:
    """The runs that a test compares have one key; each has a random one otherwise."""
    import os

    os.environ["MAILWHY_REDACT_KEY"] = "key of the tests"


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compiled data goes to a folder of the test run, and is shared by its tests and their subprocesses."""
    import os

    os.environ["MAILWHY_CACHE"] = str(tmp_path_factory.mktemp("cache"))
