"""Stand-in."""


class Judge:
    """Stand-in."""

    def quick(self, text: str) -> bool:
        """Stand-in."""
        return bool(text)

    def failure(self, text: str) -> float:
        """Stand-in."""
        return 0.7 if text else 0.0

    def cause(self, text: str) -> list[tuple[str, float]]:
        """Stand-in."""
        return [(text, 0.0)][:0]


def default_judge() -> Judge:
    """Stand-in."""
    return Judge()
