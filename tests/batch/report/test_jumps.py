"""Jumps in daily counts: found where there are some, and not in noise."""

import math
import random

import pytest

from mailwhy.batch.report.jumps import LENGTHS, SHORTEST_PAST, _Sums, find_jumps, log_tail

DAYS = 120


def poisson(dice: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count


def series(dice: random.Random, mean: float, *, lumps: float = 0.0, weekends: bool = True) -> list[int]:
    """Stable counts: fewer at weekends, and with lumps also more scattered than independent tickets are."""
    counts = []
    for day in range(DAYS):
        level = mean * (0.2 if weekends and day % 7 > 4 else 1.0)
        level *= dice.gammavariate(1 / lumps, lumps) if lumps else 1.0
        counts.append(poisson(dice, level))
    return counts


@pytest.mark.parametrize("lumps", [0.0, 0.3])
@pytest.mark.parametrize("weekends", [True, False])
def test_stable_noise_holds_no_incident(lumps: float, weekends: bool) -> None:
    dice = random.Random(5)
    means = [0.05, 0.2, 0.5, 1, 2, 5, 12, 40] * 12
    tests = len(means) * DAYS * len(LENGTHS)
    found = [find_jumps(series(dice, mean, lumps=lumps, weekends=weekends), tests) for mean in means]
    assert [jumps for jumps in found if jumps] == []


@pytest.mark.parametrize(
    ("before", "after", "late"), [(0.0, 4, 1), (0.3, 4, 2), (1.0, 6, 2), (5.0, 20, 1), (40, 120, 1)]
)
def test_a_jump_is_found_with_its_first_and_last_day(before: float, after: float, late: int) -> None:
    dice = random.Random(13)
    for _ in range(8):
        counts = series(dice, before, weekends=False)
        for day in range(70, 80):
            counts[day] = max(1, poisson(dice, after))
        (jump,) = find_jumps(counts, 100 * DAYS * len(LENGTHS))
        assert abs(jump.start - 70) <= late
        assert abs(jump.end - 79) <= 5
        assert not jump.lasting
        assert jump.observed == sum(counts[jump.start : jump.end + 1])
        assert jump.observed > 2 * jump.expected


def test_a_jump_that_does_not_end_is_lasting() -> None:
    counts = [1, 0, 2, 1, 1] * 12 + [9] * 20
    (jump,) = find_jumps(counts, 1000)
    assert (jump.start, jump.end, jump.lasting) == (60, 79, True)


def test_two_jumps_are_told_apart() -> None:
    counts = [0, 1] * 60
    counts[50:53] = [8, 9, 8]
    counts[90:93] = [9, 9, 9]
    assert [(jump.start, jump.end) for jump in find_jumps(counts, 1000)] == [(50, 52), (90, 92)]


def test_a_few_tickets_are_no_incident_however_rare_they_were() -> None:
    assert find_jumps([0] * 60 + [4] + [0] * 20, 1) == []
    assert find_jumps([0] * 60 + [5] + [0] * 20, 1) != []


def test_without_a_past_nothing_can_jump() -> None:
    assert find_jumps([0] * 10 + [50] * 5, 1) == []
    assert find_jumps([50] * 80, 1) == []
    assert find_jumps([], 1) == []


@pytest.mark.parametrize(("mean", "variance"), [(0.5, 0.5), (3, 3), (3, 7.5), (20, 60)])
def test_the_tail_is_the_sum_of_the_distribution(mean: float, variance: float) -> None:
    count = math.ceil(2 * mean)
    if variance == mean:
        terms = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count)]
    else:
        size = mean * mean / (variance - mean)
        share = mean / (size + mean)
        terms = [
            math.exp(math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1) + size * math.log(1 - share))
            * share**k
            for k in range(count)
        ]
    assert math.exp(log_tail(count, mean, variance)) == pytest.approx(1 - sum(terms), rel=1e-9)


def test_few_days_are_given_one_standard_error_of_variance() -> None:
    """The variance of so many days is itself only known to a factor of sqrt(2 / (n - 1))."""
    counts = [0, 8] * (SHORTEST_PAST // 2) + [0]
    days = SHORTEST_PAST // 2 * 2
    _, mean, variance = _Sums(counts, [True] * len(counts)).past(days)
    measured = sum((count - 4) ** 2 for count in counts[:days]) / (days - 1)
    assert mean == pytest.approx((4 * days + 0.5) / days)
    assert variance == pytest.approx(measured * (1 + math.sqrt(2 / (days - 1))))
