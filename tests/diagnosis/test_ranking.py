import math

import pytest

from mailwhy.diagnosis.evidence import Finding
from mailwhy.diagnosis.ranking import UNKNOWN, rank
from mailwhy.knowledge.entries import WeightsFile

WEIGHTS = WeightsFile(
    unknown=1.0,
    elsewhere=0.0,
    prior={"full": 0.5},
    evidence={
        kind: (0.5, 1.0, 2.0, 3.0, 5.0) if kind in ("reply", "notice") else (0.2, 0.4, 0.8, 1.2, 2.0)
        for kind in ("reply", "notice", "smtp-enhanced", "smtp-reply", "hresult", "winsock", "settings", "symptom")
    },
)
CAUSES = ("relay", "full", "moved", UNKNOWN)


def finding(kind, causes, text="x"):
    return Finding(kind, "field", text, f"{kind}/{text}", causes)


def best(*findings, **options):
    return rank(findings, WEIGHTS, CAUSES, **options)


def test_nothing_known_is_unknown():
    (only,) = best()
    assert (only.cause, only.evidence) == (UNKNOWN, ())
    assert 0.5 < only.confidence < 1.0  # a cause that nothing speaks for is possible too


def test_confidences_are_probabilities_in_falling_order():
    ranked = best(finding("reply", {"relay": 4, "full": 2}))
    assert [cause.cause for cause in ranked] == ["relay", "full", UNKNOWN]
    assert 0.9 < sum(cause.confidence for cause in ranked) < 1.0
    assert ranked[0].confidence > ranked[1].confidence > ranked[2].confidence


def test_words_beat_numbers_and_agreement_adds():
    words, number = finding("reply", {"relay": 5}), finding("hresult", {"full": 5})
    assert best(words, number)[0].cause == "relay"
    together = best(words, finding("hresult", {"relay": 5}))
    assert together[0].confidence > best(words)[0].confidence
    assert [found.kind for found, _ in together[0].evidence] == ["reply", "hresult"]


def test_two_wordings_of_one_reply_are_one_witness():
    one = best(finding("reply", {"relay": 4}, "a"))
    two = best(finding("reply", {"relay": 4}, "a"), finding("reply", {"relay": 3}, "b"))
    assert one[0].confidence == two[0].confidence
    assert len(two[0].evidence) == 2


def test_what_the_client_retells_of_a_printed_answer_is_one_witness():
    number, sentence = finding("hresult", {"relay": 4}), finding("notice", {"relay": 1})
    answer = finding("smtp-enhanced", {"full": 5})
    assert best(number, sentence)[0].confidence > best(number)[0].confidence
    assert best(number, sentence, answer)[0].confidence == best(number, answer)[0].confidence
    assert best(number, sentence, answer)[0].cause == "full"


def test_causes_that_are_switched_off_are_not_answered():
    assert [cause.cause for cause in best(finding("reply", {"gone": 5}))] == [UNKNOWN]


def test_answers_add_their_effects_and_may_bring_a_cause_up():
    vague = finding("smtp-reply", {"relay": 1, "full": 1})
    assert best(vague, effects={"relay": 4.0})[0].cause == "relay"
    assert best(vague, effects={"moved": 4.0})[0].cause == "moved"
    assert "moved" not in [cause.cause for cause in best(vague, effects={"moved": -4.0})]
    assert best(effects={"gone": 4.0})[0].cause == UNKNOWN


def test_hardly_likely_causes_are_left_out():
    ranked = best(finding("reply", {"relay": 5}), finding("smtp-reply", {"moved": 1}), effects={"relay": 4.0})
    assert [cause.cause for cause in ranked] == ["relay"]


def test_sharpness_scales_every_score():
    blunt = WEIGHTS.model_copy(update={"prior": {}, "sharpness": 1.0})
    sharp = WEIGHTS.model_copy(update={"prior": {}, "sharpness": 2.0})
    (odds_blunt, odds_sharp) = (
        math.log(ranked[0].confidence / ranked[1].confidence)
        for ranked in (rank([finding("reply", {"relay": 3})], weights, CAUSES) for weights in (blunt, sharp))
    )
    assert odds_blunt == pytest.approx(2.0 - 1.0)
    assert odds_sharp == pytest.approx(2 * odds_blunt)
