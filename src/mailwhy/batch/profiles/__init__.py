"""The profiles of ticket systems: one YAML file each, named by its id. ``mailwhy.batch.columns`` reads them."""

from pathlib import Path

__all__ = ["profile_names"]


def profile_names() -> list[str]:
    """The ids of the profiles, without reading them."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.yaml"))
