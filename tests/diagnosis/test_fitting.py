import pytest
import yaml

from mailwhy.diagnosis.fitting import ELSEWHERE, Sample, Weights, fit, main, read_samples, sharpness
from mailwhy.knowledge import builtin
from mailwhy.knowledge.entries import WeightsFile
from mailwhy.knowledge.vocabulary import EVIDENCE_KINDS

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
    for kind in EVIDENCE_KINDS:
        scale = fitted.scale(kind)
        assert scale == sorted(scale)
        assert scale[0] >= 0


def test_the_same_samples_give_the_same_weights():
    assert fit([CLEAR, MISLED, SILENT], rounds=20) == fit([CLEAR, MISLED, SILENT], rounds=20)


def test_a_label_that_nothing_speaks_for_teaches_doubt():
    beyond = Sample({"full": (("reply", 3),)}, {"relay": 1.0})
    assert fit([beyond] * 10, rounds=100).belief(beyond)[ELSEWHERE] > 0.5


def test_confidence_is_sharpened_where_second_causes_are_acceptable_too():
    either = Sample({"relay": (("reply", 3),), "full": (("reply", 3),)}, {"relay": 0.8, "full": 0.2})
    wrong = Sample({"relay": (("reply", 3),), "full": (("hresult", 1),)}, {"full": 1.0})
    assert sharpness([either] * 10, rounds=20) > 1 > sharpness([wrong, CLEAR] * 5, rounds=20)


def test_samples_are_read_from_fixtures(tmp_path):
    (tmp_path / "some.yaml").write_text(
        "- id: one\n  text: 'Server Response: ''554 5.7.1 Relay access denied'', Error Number: 0x800CCC79'\n"
        "  reports: [{causes: [relay_denied, auth_required]}]\n"
        "- id: none\n  text: Hello\n  reports: []\n"
        "- id: two\n  text: Hello\n  reports: [{causes: [relay_denied]}]\n",
        encoding="utf-8",
    )
    (sample,) = read_samples([tmp_path], builtin())
    assert sample.label == pytest.approx({"relay_denied": 0.8, "auth_required": 0.2})
    assert ("reply", 5) in sample.features["relay_denied"]


def test_the_program_prints_a_weights_file(tmp_path, capsys, monkeypatch):
    (tmp_path / "some.yaml").write_text(
        "- id: one\n  text: 'Server Response: ''554 5.7.1 Relay access denied'', Error Number: 0x800CCC79'\n"
        "  reports: [{causes: [relay_denied]}]\n"
        "- id: two\n  text: 'Server Response: ''550 5.1.1 User unknown'', Error Number: 0x800CCC79'\n"
        "  reports: [{causes: [recipient_unknown]}]\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("sys.argv", ["fitting", str(tmp_path)])
    assert main() == 0
    assert WeightsFile.model_validate(yaml.safe_load(capsys.readouterr().out)).sharpness > 0
