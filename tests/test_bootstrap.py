"""What bootstrap refuses before anything starts."""

from pathlib import Path

import pytest
import structlog

from billfold import bootstrap
from billfold.domain.errors import OperatorError
from billfold.settings import Settings

PLUGIN = """
from billfold.plugin_api import Content, DocumentType, Visibility, hookimpl

@hookimpl
def document_type():
    return DocumentType(key="receipt", titles={"en": "Receipt", "ru": "Квитанция"}, is_payable=False)

@hookimpl
def document_content(facts):
    return Content(lines=())

@hookimpl
def document_template(document):
    return "receipt/receipt.html"

@hookimpl
def document_visibility(rule):
    return Visibility.CLIENT
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "receipt").mkdir()
    (tmp_path / "receipt" / "plugin.py").write_text(PLUGIN)
    return Settings(plugin_dirs=str(tmp_path))


def check(settings: Settings) -> None:
    plugins = bootstrap.find_plugins(settings)
    bootstrap.check_templates(plugins, bootstrap.template_dirs(settings, plugins))


def test_a_template_that_is_not_there_is_refused(settings: Settings) -> None:
    with pytest.raises(OperatorError, match=r"Plugin receipt cannot start: Template receipt/receipt\.html failed"):
        check(settings)


def test_a_template_that_is_misspelt_is_refused(settings: Settings, tmp_path: Path) -> None:
    template = tmp_path / "receipt" / "templates" / "receipt" / "receipt.html"
    template.parent.mkdir(parents=True)
    template.write_text("{% if document %}")

    with pytest.raises(OperatorError, match="Plugin receipt cannot start"):
        check(settings)


def test_a_template_that_loads_is_fine(settings: Settings, tmp_path: Path) -> None:
    template = tmp_path / "receipt" / "templates" / "receipt" / "receipt.html"
    template.parent.mkdir(parents=True)
    template.write_text("{{ document.number }}")

    check(settings)


@pytest.mark.parametrize("file", ["invoice/invoice.html", "styles/paper.css", "act/editions.toml"])
def test_a_plugin_may_not_bring_what_is_built_in(settings: Settings, tmp_path: Path, file: str) -> None:
    own = tmp_path / "receipt" / "templates" / file
    own.parent.mkdir(parents=True)
    own.write_text("")

    with pytest.raises(OperatorError, match=f"Plugin receipt brings the template {file}, which is built in: rename"):
        check(settings)


def test_an_edition_that_would_fail_on_its_day_is_refused_at_once(tmp_path: Path) -> None:
    own = tmp_path / "tax-invoice" / "editions.toml"
    own.parent.mkdir()
    own.write_text("[[edition]]\nfrom = 2099-01-01\n")

    with pytest.raises(OperatorError, match="an edition from 2099-01-01 without has_offsets"):
        check(Settings(templates_dir=tmp_path))


def test_a_template_is_read_without_being_reckoned(settings: Settings, tmp_path: Path) -> None:
    template = tmp_path / "receipt" / "templates" / "receipt" / "receipt.html"
    template.parent.mkdir(parents=True)
    template.write_text("{{ 1 / 0 }}{{ 9 ** 9 ** 9 }}{{ 'x' * 9000000000 }}{{ 'x' | indent(9000000000) }}")

    check(settings)


def test_a_missing_template_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="mend BILLFOLD_TEMPLATES_DIR"):
        check(Settings(templates_dir=tmp_path / "nowhere"))


def test_the_operators_templates_come_first(tmp_path: Path) -> None:
    settings = Settings(templates_dir=tmp_path)

    directories = bootstrap.template_dirs(settings, bootstrap.find_plugins(settings))

    assert directories == [tmp_path, bootstrap.shipped() / "document_templates"]


def test_logs_stay_out_of_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.set_up_logs("INFO")

    try:
        structlog.get_logger().warning("something", number=1)
    finally:
        structlog.reset_defaults()

    told = capsys.readouterr()
    assert told.out == ""
    assert "event=something" in told.err
