"""Letters: the mail that carries documents, in the client's language and the brand's words."""

from pathlib import Path
from typing import Any

from billfold.rendering.letters import Letter, LetterFacts, Letters, mailed
from tests.factories import OCTOBER, make_brand, make_document


def letter(templates: Path, **overrides: Any) -> Letter:
    values: dict[str, Any] = {
        "locale": "ru",
        "brand": make_brand(),
        "client": "ООО «Юпитер»",
        "documents": (mailed(make_document(lines=1)),),
        "period": OCTOBER,
    }
    return Letters([templates]).write(LetterFacts(**{**values, **overrides}))


def test_a_letter_lists_its_documents(templates: Path) -> None:
    text = letter(templates).text.replace("\u00a0", " ")

    assert text == (
        "Здравствуйте, ООО «Юпитер»!\n\n"
        "Направляем вам документы за октябрь 2026 г.:\n\n"
        "Счёт на оплату № 42 от 1 ноября 2026 г.\n"
        "Сумма: 2 200,00 руб.\n"
        "Оплатить до: 15 ноября 2026 г.\n\n"
        "Документы приложены к этому письму в формате PDF.\n\n"
        "-- \n"
        "С уважением, Север Связь\n"
        "+7 495 000-00-01\n"
        "billing@sever.example\n"
        "sever.example\n"
    )


def test_an_english_letter_is_english(templates: Path) -> None:
    written = letter(templates, locale="en", documents=(mailed(make_document(lines=1, locale="en")),))

    assert written.subject.replace("\u00a0", " ") == "Север Связь: your documents for October 2026"
    assert "Invoice No. 42 of 1 November 2026" in written.html.replace("\u00a0", " ")


def test_the_brand_words_its_subject_and_signature(templates: Path) -> None:
    written = letter(templates, subject="Ваш счёт {number}", signature="Команда\nСевера")

    assert written.subject == "Ваш счёт 42"
    assert "-- \nКоманда\nСевера\n" in written.text
    assert "Команда<br>" in written.html


def test_a_subject_stays_one_line(templates: Path) -> None:
    assert letter(templates, subject="Счёт\r\nBcc: all@evil.example").subject == "Счёт Bcc: all@evil.example"


def test_without_a_period_the_letter_names_none(templates: Path) -> None:
    written = letter(templates, period=None)

    assert written.subject == "Север Связь: документы"
    assert "Направляем вам документы:\n" in written.text


def test_html_escapes_and_text_does_not(templates: Path) -> None:
    written = letter(templates, client="A & <b>B</b>")

    assert "A & <b>B</b>!" in written.text
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;!" in written.html


def test_what_is_not_to_be_paid_has_no_due_date() -> None:
    assert mailed(make_document(is_payable=False)).due_date is None


def test_a_letter_tells_of_statistics_that_are_left_out(templates: Path) -> None:
    russian = letter(templates, leaves_statistics_out=True)
    english = letter(templates, locale="en", leaves_statistics_out=True)

    told = (
        "Документы приложены к этому письму в формате PDF.\n"
        "Статистика слишком велика для письма: она доступна в личном кабинете.\n\n-- \n"
    )
    assert told in russian.text
    assert "<p>Статистика слишком велика для письма: она доступна в личном кабинете.</p>" in russian.html
    assert "they are available in your online account.\n" in english.text
    assert "Статистика" not in letter(templates).text + letter(templates).html
