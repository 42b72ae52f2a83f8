"""Keeps feedback in a database: SQLite by the name of a file, any other by its SQLAlchemy URL."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    case,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from mailwhy.chatbot.feedback.errors import StoreError
from mailwhy.chatbot.feedback.ordering import Count
from mailwhy.chatbot.models import Feedback

__all__ = ["FeedbackStore"]

_metadata = MetaData()
_feedback = Table(
    "mailwhy_feedback",
    _metadata,
    Column("id", Integer, primary_key=True),
    # The day and not the minute: with the minute, a ticket could be told from its feedback.
    Column("day", Date, nullable=False),
    Column("cause", String(100), nullable=False, index=True),
    Column("resolution", String(100), nullable=False),
    Column("helped", Boolean, nullable=False),
)


class FeedbackStore:
    """A table of feedback.

    Args:
        name: a SQLAlchemy URL (``postgresql+psycopg://...``), or the name of a file for SQLite.
        create: whether to make what is missing, the file and the table; else their lack is an error.

    Raises:
        StoreError: there is no such database, or no driver for it.
    """

    def __init__(self, name: str, *, create: bool = True) -> None:
        if "://" not in name and not create and not Path(name).is_file():
            raise StoreError(f"there is no feedback store {name}; mailwhy serve --feedback {name} makes one")
        try:
            url = make_url(name if "://" in name else f"sqlite:///{Path(name).absolute()}")
            # SQLite opens a file in no time; a connection that is not kept blocks nobody else's writing.
            pool = {"poolclass": NullPool} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
            self._engine = create_engine(url, hide_parameters=True, **pool)
        except (ArgumentError, ImportError) as error:
            raise StoreError(f"the feedback store can't be used: {error}") from None
        if create:
            if "://" not in name:
                with suppress(OSError):  # the table below tells what is wrong
                    Path(name).touch(0o600)
            with self._connection() as connection:
                _metadata.create_all(connection)

    def add(self, feedback: Feedback, day: dt.date) -> None:
        """Keeps one word of feedback.

        Raises:
            StoreError: it could not be written.
        """
        values = {"day": day, **feedback.model_dump()}
        with self._connection() as connection:
            connection.execute(insert(_feedback).values(values))

    def tally(self) -> dict[tuple[str, str], Count]:
        """How often each resolution was tried against each cause, and how often it helped.

        Raises:
            StoreError: it could not be read.
        """
        helped = func.sum(case((_feedback.c.helped, 1), else_=0))
        counted = select(_feedback.c.cause, _feedback.c.resolution, func.count(), helped).group_by(
            _feedback.c.cause, _feedback.c.resolution
        )
        with self._connection() as connection:
            rows = connection.execute(counted).all()
        return {(cause, resolution): Count(tried, int(good)) for cause, resolution, tried, good in rows}

    def close(self) -> None:
        """Gives its connections back."""
        self._engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            # Only the driver's own words: SQLAlchemy's add the statement.
            told = getattr(error, "orig", None) or error
            raise StoreError(f"the feedback store can't be used: {told}") from None
