"""What an operator decides about the service."""

from dataclasses import dataclass

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and switches of the HTTP service and of the MCP server over HTTP.

    Attributes:
        hosts: names that callers may call the service by (Host, Origin), beside IP addresses; None checks nothing.
        token: callers must send it as ``Authorization: Bearer``; None lets everybody in.
        most_bytes: the longest request body.
        seconds: how long a request may take, its sending included.
        workers: processes for texts that are long or take long, which end when their time is up; 0 reads in threads,
            which can't be ended.
        at_once: how many requests may be under way; the next one is told to come back.
        each_minute: how many requests a caller may make in a minute; 0 sets no limit.
        feedback: file or SQLAlchemy URL of the feedback store; None keeps nothing and offers no feedback.
        order_by_feedback: whether resolutions that helped more often come first.
        refresh_seconds: how often the feedback of other processes is read.
        access_log: whether each request is logged, without its text.
    """

    token: str | None = None
    hosts: frozenset[str] | None = None
    most_bytes: int = 262_144
    seconds: float = 10.0
    workers: int = 0
    at_once: int = 200
    each_minute: int = 0
    feedback: str | None = None
    order_by_feedback: bool = False
    refresh_seconds: float = 60.0
    access_log: bool = True
