"""Which language to answer in, and how to say things in it.

English is the language of the sources; every other language is a set of gettext catalogues, one a domain
(``mailwhy`` for the code, one for each folder of the knowledge base), under ``locales/<language>/LC_MESSAGES``.
"""

from mailwhy.i18n.errors import SpokenError
from mailwhy.i18n.negotiation import available_locales, environment_locale, negotiate
from mailwhy.i18n.translator import N_, Translator, translator

__all__ = ["N_", "SpokenError", "Translator", "available_locales", "environment_locale", "negotiate", "translator"]
