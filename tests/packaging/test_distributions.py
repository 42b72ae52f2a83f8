"""Builds the wheel and the sdist, installs them outside the checkout, and runs the command there."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REPORT = (
    "Réponse du serveur : '554 5.7.1 <anne@example.org>: Relay access denied', Port : 25, Sécurisé (SSL) : Non, "
    "Erreur du serveur : 554, Numéro d'erreur : 0x800CCC79"
)


def run(*command: str | Path, **options: object) -> str:
    ran = subprocess.run(command, capture_output=True, check=False, timeout=300, **options)  # type: ignore[call-overload]
    assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()
    return str(ran.stdout.decode("utf-8"))


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return sdist, wheel


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A clean virtual environment that sees the dependencies of this one, but not its mailwhy."""
    folder = tmp_path / "env"
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages") if os.name == "posix" else folder.glob("Lib/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return folder


def binary(environment: Path, name: str) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin") / name


def install(environment: Path, *what: str | Path) -> None:
    python = binary(environment, "python")
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        *what,
    )


def answer_in_french(environment: Path, folder: Path) -> str:
    variables = {"LANG": "fr_FR.UTF-8", "PYTHONIOENCODING": "utf-8", "MAILWHY_CACHE": "", "PATH": os.environ["PATH"]}
    return run(binary(environment, "mailwhy"), input=REPORT.encode(), cwd=folder, env=variables)


def test_the_wheel_works_outside_the_checkout_in_french(distributions, environment, tmp_path):
    install(environment, distributions[1])
    told = answer_in_french(environment, tmp_path)
    assert "Le serveur sortant refuse de relayer votre message" in told
    assert "Mon serveur" in told
    place = run(binary(environment, "python"), "-c", "import mailwhy; print(mailwhy.__file__)", cwd=tmp_path)
    assert str(environment) in place
    check = run(binary(environment, "mailwhy"), "kb", "check", cwd=tmp_path, env={"MAILWHY_CACHE": "", "LANG": "en"})
    assert check.startswith("0 problems")


def test_the_wheel_holds_the_package_its_data_and_nothing_else(distributions):
    with zipfile.ZipFile(distributions[1]) as wheel:
        names = wheel.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"mailwhy"}
    for name in (
        "mailwhy/py.typed",
        "mailwhy/_data/kb/causes/relay_denied.yaml",
        "mailwhy/_data/parser/languages/fr.yaml",
        "mailwhy/_data/parser.json",
        "mailwhy/_data/compiled/wordings.json",
        "mailwhy/_data/locales/fr/LC_MESSAGES/causes.mo",
    ):
        assert name in names
    assert not [name for name in names if name.endswith((".po", ".pyc"))]


def test_the_sdist_gives_the_same_wheel_as_the_checkout(distributions, tmp_path):
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path, ROOT)
    (direct,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(direct) as one, zipfile.ZipFile(distributions[1]) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
    with tarfile.open(distributions[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "parser/languages/fr.yaml",
        "src/build_hook.py",
        "tests/conftest.py",
    } <= names


def test_an_editable_installation_reads_the_checkout(environment, tmp_path):
    install(environment, "--editable", ROOT)
    assert "Le serveur sortant refuse" in answer_in_french(environment, tmp_path)
    place = run(
        binary(environment, "python"), "-c", "import mailwhy.places as p; print(p.data_folder('kb'))", cwd=tmp_path
    )
    assert place.strip() == str(ROOT / "kb")
    assert not (ROOT / "src" / "mailwhy" / "_data").exists()
