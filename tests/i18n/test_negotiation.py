import pytest

from mailwhy.i18n import available_locales, environment_locale, negotiate
from mailwhy.i18n.negotiation import accept_language


def test_english_and_french_are_spoken():
    assert available_locales()[0] == "en"
    assert "fr" in available_locales()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("fr",), "fr"),
        (("fr_FR.UTF-8",), "fr"),
        (("fr-CA",), "fr"),
        (("FR",), "fr"),
        (("en_GB@euro",), "en"),
        (("xx", "fr"), "fr"),
        ((None, "fr"), "fr"),
        (("xx",), None),
        (("",), None),
        (("C",), None),
        (("POSIX", "../../etc"), None),
        ((), None),
    ],
)
def test_negotiate(wanted, found):
    assert negotiate(*wanted) == found


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LC_ALL": "en_US", "LANG": "fr_FR"}, "en"),
        ({"LC_MESSAGES": "fr", "LANG": "en"}, "fr"),
        ({"LC_ALL": "", "LANG": "fr"}, "fr"),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "de_DE"}, None),
        ({}, None),
    ],
)
def test_environment_locale(environment, found):
    assert environment_locale(environment) == found


@pytest.mark.parametrize(
    ("header", "locales"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5", ["fr-CH", "fr", "en", "*"]),
        ("en;q=0.1,fr", ["fr", "en"]),
        ("fr;q=0", []),
        ("fr;q=high, en", ["en"]),
        ("", []),
    ],
)
def test_accept_language(header, locales):
    assert accept_language(header) == locales
