"""Finds when daily counts jumped against their own past.

Every run of 1 to 14 days is compared with the 8 weeks before it. How many tickets those days would have without a
change is a negative binomial distribution: its mean is that of the past, its variance that of the past's days and of
how well so many days tell their mean. A run counts as a jump where so many tickets would come by chance less than once
in a hundred whole exports, all runs of all servers and causes counted.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

__all__ = ["FEWEST", "LENGTHS", "SHORTEST_PAST", "Jump", "find_jumps", "log_tail"]

FEWEST = 5
"""Fewer tickets than these are no incident, however rare they were before."""
LENGTHS = (1, 2, 4, 7, 14)
"""Lengths of the runs that are looked at, in days."""
SHORTEST_PAST = 14
"""Days that a past must have at least."""
_LONGEST_PAST = 56
_CHANCE = math.log(0.01)
_LEAST_RISE = 2.0
_QUIET_DAYS = 3
_MOST_JUMPS = 3
_PRECISION = 1e-12


@dataclass(frozen=True, slots=True)
class Jump:
    """Days on which a count was higher than its past explains.

    Args:
        start: the first of them.
        end: the last of them.
        observed: tickets from the first to the last.
        expected: tickets that those days would have had as before.
        lasting: whether the counts end before it does.
        log_chance: natural logarithm of the probability of the run that gave it away.
    """

    start: int
    end: int
    observed: int
    expected: float
    lasting: bool
    log_chance: float


def find_jumps(counts: Sequence[int], tests: int) -> list[Jump]:
    """The jumps of one series, in order of time.

    Args:
        counts: one for each day, in order, zeros too.
        tests: how many runs are looked at in all series together: the more, the rarer a run must be.
    """
    usual = [True] * len(counts)
    jumps: list[Jump] = []
    while len(jumps) < _MOST_JUMPS:
        found = _rarest(counts, usual, _CHANCE - math.log(max(tests, 1)))
        if found is None:
            break
        jumps.append(found)
        usual[found.start : found.end + 1] = [False] * (found.end + 1 - found.start)
    return sorted(jumps, key=lambda jump: jump.start)


def log_tail(count: int, mean: float, variance: float) -> float:
    """Logarithm of the probability of ``count`` or more, ``count`` being above the mean.

    Negative binomial by mean and variance; Poisson where the variance is no larger than the mean.
    """
    if variance <= mean * (1 + _PRECISION):
        first = count * math.log(mean) - mean - math.lgamma(count + 1)
        return first + math.log(_series(lambda k: mean / (k + 1), count))
    size = mean * mean / (variance - mean)
    share = mean / (size + mean)
    first = (
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + size * math.log1p(-share)
        + count * math.log(share)
    )
    return min(0.0, first + math.log(_series(lambda k: (k + size) / (k + 1) * share, count)))


def _series(ratio: Callable[[int], float], start: int) -> float:
    """1 + r(start) + r(start) r(start + 1) + ...: what follows a term, in units of it."""
    total = term = 1.0
    place = start
    while term > _PRECISION * total:
        term *= ratio(place)
        total += term
        place += 1
    return total


class _Sums:
    """Sums over runs of days, those of the days left out being none."""

    def __init__(self, counts: Sequence[int], usual: Sequence[bool]) -> None:
        kept = [count if usual[day] else 0 for day, count in enumerate(counts)]
        self.days = list(accumulate(map(int, usual), initial=0))
        self.tickets = list(accumulate(kept, initial=0))
        self.squares = list(accumulate((count * count for count in kept), initial=0))

    def past(self, day: int) -> tuple[int, float, float]:
        """Days, mean and variance before a day."""
        start = max(0, day - _LONGEST_PAST)
        days = self.days[day] - self.days[start]
        if days < SHORTEST_PAST:
            return days, 0.0, 0.0
        tickets = self.tickets[day] - self.tickets[start]
        squares = self.squares[day] - self.squares[start]
        # Half a ticket more: what has not been seen yet is not impossible (Jeffreys' prior).
        mean = (tickets + 0.5) / days
        variance = (squares - tickets * tickets / days) / (days - 1)
        # So few days tell their variance badly: one standard error more.
        return days, mean, max(mean, variance * (1 + math.sqrt(2 / (days - 1))))


def _rarest(counts: Sequence[int], usual: Sequence[bool], limit: float) -> Jump | None:
    sums = _Sums(counts, usual)
    best: tuple[float, int, int, float] | None = None
    for start, count in enumerate(counts):
        days, mean, variance = sums.past(start)
        if days < SHORTEST_PAST or not usual[start] or count <= mean:
            continue
        for length in LENGTHS:
            end = start + length
            if end > len(counts) or sums.days[end] - sums.days[start] < length:
                break
            observed, expected = sums.tickets[end] - sums.tickets[start], length * mean
            if observed < FEWEST or observed < _LEAST_RISE * expected:
                continue
            spread = length * variance + length * length * variance / days
            chance = log_tail(observed, expected, spread)
            if chance < limit and (best is None or chance < best[0]):
                best = chance, start, end, mean
    return None if best is None else _whole(counts, usual, best)


def _whole(counts: Sequence[int], usual: Sequence[bool], best: tuple[float, int, int, float]) -> Jump:
    """The jump that a run gave away: the days that best part its level from the past's (by likelihood)."""
    chance, run_start, run_end, before = best
    since = sum(counts[run_start:run_end]) / (run_end - run_start)
    gain, cost = math.log(since / before), since - before
    first = start = max(0, run_start - LENGTHS[-1])
    end, score, highest = run_start, 0.0, -math.inf
    for day in range(first, len(counts)):
        if not usual[day]:
            if day > run_start:
                break
            score = -math.inf
        if score < 0:
            first, score = day, 0.0
        score += counts[day] * gain - cost
        if day >= run_start and score > highest:
            start, end, highest = first, day, score
    observed = sum(counts[start : end + 1])
    return Jump(start, end, observed, before * (end + 1 - start), len(counts) - 1 - end < _QUIET_DAYS, chance)
