"""What ends a command early."""

__all__ = ["CommandError"]


class CommandError(Exception):
    """A message for the user that says what was wrong and what to do; the command ends with the exit code."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code
