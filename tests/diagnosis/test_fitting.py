import pytest

from mailwhy.diagnosis.api import builtin
from mailwhy.diagnosis.fitting import Sample, Weights, fit, read_samples

CLEAR = Sample({"relay": (("reply", 5),), "full": (("hresult", 3),)}, {"relay": 1.0})
MISLED = Sample({"relay": (("reply", 2),), "full": (("hresult", 5),)}, {"relay": 1.0})
SILENT = Sample({"relay": (("smtp-reply", 1),)}, {"unknown": 1.0})


def test_fitting_makes_the_labels_likelier():
    samples = [CLEAR] * 5 + [MISLED] * 20 + [SILENT] * 5
    fitted = fit(samples, rounds=200)
    for sample in (MISLED,):
        assert fitted.belief(sample)["relay"] > Weights.start().belief(sample)["relay"] + 0.1


def test_scales_rise_and_never_speak_against_their_cause():
    fitted = fit([MISLED] * 10 + [SILENT] * 10, rounds=200)
    for scale in fitted.evidence.values():
        assert scale == sorted(scale)
        assert scale[0] >= 0


def test_the_same_samples_give_the_same_weights():
    assert fit([CLEAR, MISLED, SILENT], rounds=20) == fit([CLEAR, MISLED, SILENT], rounds=20)


def test_a_label_that_nothing_speaks_for_teaches_doubt():
    beyond = Sample({"full": (("reply", 3),)}, {"relay": 1.0})
    assert fit([beyond] * 10, rounds=100).unknown > Weights.start().unknown


def test_samples_are_read_from_fixtures(tmp_path):
    (tmp_path / "some.yaml").write_text(
        "- id: one\n  text: 'Server Response: ''554 5.7.1 Relay access denied'', Error Number: 0x800CCC79'\n"
        "  reports: [{causes: [relay_denied, auth_required]}]\n"
        "- id: none\n  text: Hello\n  reports: []\n"
        "- id: two\n  text: Hello\n  reports: [{causes: [relay_denied]}]\n",
        encoding="utf-8",
    )
    (sample,) = read_samples([tmp_path], builtin())
    assert sample.label == pytest.approx({"relay_denied": 0.6, "auth_required": 0.4})
    assert ("reply", 5) in sample.features["relay_denied"]
