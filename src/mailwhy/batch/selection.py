"""Which columns of an export the user chose."""

from dataclasses import dataclass

from mailwhy.batch.errors import BatchError
from mailwhy.batch.profiles import profile_names
from mailwhy.i18n import N_

__all__ = ["Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user chose; None and () mean that the export tells.

    Args:
        profile: id of a profile.
        text_columns: names of the columns to look into.
        id_column: name of the column with the ticket's number.
        date_column: name of the column with the ticket's date.
    """

    profile: str | None = None
    text_columns: tuple[str, ...] = ()
    id_column: str | None = None
    date_column: str | None = None

    def check(self) -> None:
        """Raises BatchError where the profile is unknown."""
        if self.profile is not None and self.profile not in profile_names():
            names = ", ".join(profile_names())
            raise BatchError(
                N_("there is no profile {profile!r}; there are: {names}"), profile=self.profile, names=names
            )
