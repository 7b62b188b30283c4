"""Checks of files: attachments, exports and labels."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from billfold.conformance import cases
from billfold.conformance.interviews import Draft, Interview, Noted, Skipped
from billfold.domain.document import Document
from billfold.domain.errors import CallerError
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.files import Attachment, ExportedFile, HybridPdf, Paper, Refused, Table
from billfold.plugin_api.samples import sample_attachment_facts

_RECORDS = (0, 3, 1_000)


@dataclass(frozen=True, slots=True)
class _Made:
    """A file with all of its content, so that two can be compared."""

    name: str
    media_type: str
    content: object


def check_attachments(interview: Interview) -> Iterator[str]:
    """Attachments are well-formed, and the same twice, for no use, a few and a thousand."""
    host = interview.subject.host
    for locale in ("ru", "en"):
        document = interview.issued(interview.sample(locale))
        for records in _RECORDS:
            facts = sample_attachment_facts(records)
            try:
                made = interview.ask(
                    "document_attachments",
                    lambda: [_whole(one) for one in host.attachments(document, facts)],  # noqa: B023  Asked at once.
                )
            except CallerError as error:
                yield f"{locale}, {records} records: {error.message}"
                continue
            papers = [one.content for one in made if isinstance(one.content, Paper)]
            drafts = [(paper.template, Draft(paper.document, paper.template)) for paper in papers]
            yield from (f"{locale}: {fault}" for _, fault in interview.trial(drafts))


def check_exports(interview: Interview) -> Iterator[str]:
    """Each format gives files of the samples, well-formed and the same twice; hostile names break nothing."""
    host = interview.subject.host
    if not interview.subject.formats:
        raise Skipped("exports nothing")
    for key in interview.subject.formats:
        types = sorted(host.export_formats[key][1].types & host.document_types.keys()) or sorted(host.document_types)
        documents = list(_documents(interview, [host.document_type(type) for type in types]))
        try:
            given = interview.ask(
                "export_documents",
                lambda: [_whole(one) for one in host.export(key, documents)],  # noqa: B023  Asked at once.
            )
        except CallerError as error:
            yield f"{key}: {error.message}"
            continue
        yield from _faults_of_export(key, given)


def check_labels(interview: Interview) -> Iterator[str]:
    """Every word is there in English and in Russian."""
    for folder in _label_folders(interview):
        words = {language: _keys(folder / f"{language}.toml") for language in ("en", "ru")}
        for language, other in (("en", "ru"), ("ru", "en")):
            missing = sorted(words[other] - words[language])
            if missing:
                yield f"{folder.parent.name}/labels/{language}.toml lacks {', '.join(missing[:5])}: add it"


def check_details(interview: Interview) -> Iterator[str]:
    """The fields of the details model say what they hold, for the documentation of variables."""
    model = interview.declared.details
    if model is None:
        raise Skipped("adds no details")
    bare = [name for name, field in model.model_fields.items() if not field.description]
    if bare:
        raise Noted(f"no description of {', '.join(bare[:5])}: give Field(description=...)")
    yield from ()


def _faults_of_export(key: str, given: list[_Made]) -> Iterator[str]:
    files = [one for one in given if one.name]
    if not files:
        reasons = sorted({str(one.content) for one in given})
        yield f"{key}: no sample gives a file: {'; '.join(reasons) or 'nothing came'}"
    names = [one.name.casefold() for one in files]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        yield f"{key}: two files are called {doubled[0]!r}: name them apart"


def _documents(interview: Interview, types: Sequence[DocumentType]) -> Iterator[Document]:
    """Give issued documents of the types, each with a number and an id of its own."""
    listed = (facts for declared in types for facts in cases.exported(declared))
    for index, facts in enumerate(listed):
        draft = interview.draft(facts)
        if isinstance(draft, Draft):
            document = interview.issued(draft, number=str(index + 1))
            yield replace(document, id=f"00000000-0000-7000-8000-{index:012}")


def _whole(file: Attachment | ExportedFile | Refused) -> _Made:
    if isinstance(file, Refused):
        return _Made("", "", file.reason)
    content: object = file.content
    if isinstance(content, Table):
        content = [tuple(row) for row in content.rows]
    if isinstance(content, HybridPdf):
        content = content.xml
    return _Made(file.name, file.media_type, content)


def _label_folders(interview: Interview) -> Iterator[Path]:
    own = interview.subject.plugin.templates
    if own is not None:
        yield from (folder for folder in sorted(own.rglob("labels")) if folder.is_dir())
    if interview.subject.declared is None:
        return
    form = PurePosixPath(interview.sample().template).parent
    for directory in interview.subject.template_dirs:
        folder = directory / form / "labels"
        if folder.is_dir() and (own is None or not folder.is_relative_to(own)):
            yield folder


def _keys(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return set(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
