"""Mail: mbox files and single messages (.eml, Maildir); each message is a ticket."""

from collections.abc import Iterator

from mailwhy.batch.columns import Mapper
from mailwhy.batch.errors import Rejected
from mailwhy.batch.sources import Source
from mailwhy.batch.tickets import Item, Ticket
from mailwhy.documents.mail import MAX_BYTES, read_mail, split_mbox
from mailwhy.i18n import N_

__all__ = ["read"]


def read(source: Source, mapper: Mapper, encoding: str | None) -> Iterator[Item]:  # noqa: ARG001 - a mail names its own
    """The messages: all that is to be read of each, with the delivery report where it is a notice."""
    stream = source.stream
    messages = split_mbox(stream) if source.format == "mbox" else iter([stream.read(MAX_BYTES + 1)])
    for number, content in enumerate(messages, 1):
        if len(content) > MAX_BYTES:
            yield Rejected(number, N_("the message is larger than {size} MiB"), {"size": MAX_BYTES >> 20})
        else:
            mail = read_mail(content)
            yield Ticket(number, mail.identifier, mail.date, [("message", mail.text)] if mail.text else [])
