"""What a diagnosis of many texts depends on, apart from the texts."""

from dataclasses import dataclass

__all__ = ["DEFAULT_KEY", "Options"]

DEFAULT_KEY = "mailwhy"


@dataclass(frozen=True, slots=True)
class Options:
    """The choices that all workers of a run share.

    Args:
        locale: language of titles and reasons (BCP 47); English where it is not spoken.
        redact: whether personal data becomes pseudonyms.
        redact_key: key of the pseudonyms.
        kb: folders of an organisation's own knowledge.
        described: whether a failure that somebody only tells in own words is a row too.
    """

    locale: str = "en"
    redact: bool = True
    redact_key: str = DEFAULT_KEY
    kb: tuple[str, ...] = ()
    described: bool = False
