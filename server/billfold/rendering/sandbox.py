"""The sandbox in which templates run: they find files by name, change nothing, and reach nothing but what they get."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment

from billfold.domain.errors import TemplateFailed
from billfold.rendering.filters import FILTERS, FUNCTIONS, JINJA_FILTERS
from billfold.rendering.labels import Labels, OverlaidLabels, Words

# What a template's own mistake raises: a wrong name, a wrong type, a division by zero.
_MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_VERDICTS_KEPT = 10_000


class _PlainCode(CodeGenerator):
    """Writes the code of a template without reckoning anything of it: `{{ 9 ** 9 ** 9 }}` must not hang who reads it.

    What a template costs is for the child that fills it, under the budget of its type.
    """

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which remembers what it has said of an attribute: that hangs on the object's type alone.

    A document asks for the same few hundred again and again; Jinja looks through all its lists each time.
    """

    code_generator_class = _PlainCode

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._verdicts: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        verdict = self._verdicts.get((type(obj), attr))
        if verdict is None:
            verdict = super().is_safe_attribute(obj, attr, value)
            # A template may make up names without an end.
            if len(self._verdicts) < _VERDICTS_KEPT:
                self._verdicts[type(obj), attr] = verdict
        return verdict


class Sandbox:
    """Fills templates found in `template_dirs`, the first directory that has one winning."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._dirs = tuple(template_dirs)
        self._environment = _environment(self._dirs)
        self._labels = Labels(self._dirs)

    def fill(
        self,
        template: str,
        values: Mapping[str, object],
        *,
        locale: str,
        currency: str = "",
        overlay: Mapping[str, Mapping[str, str]] | None = None,
    ) -> str:
        """Fill a template in the words of `locale`, some of which `overlay` may replace, by language.

        Raises TemplateFailed, with the template's name and the reason in one sentence, whatever is wrong with it.
        """
        with self._named(template):
            labels: Words = OverlaidLabels(self._labels, overlay) if overlay else self._labels
            return self._environment.get_template(template).render(
                {**values, "locale": locale, "currency": currency, "labels": labels}
            )

    def check(self, template: str) -> None:
        """Find and read a template without filling it. Raises TemplateFailed when it is not there or misspelt."""
        with self._named(template):
            self._environment.get_template(template)

    @contextmanager
    def _named(self, template: str) -> Iterator[None]:
        try:
            yield
        except TemplateNotFound as error:
            raise failed(template, f"{error.name} is not in the template directories") from error
        except TemplateFailed as error:
            raise failed(template, error.message.rstrip(".") + self._place(error)) from error
        except (TemplateError, *_MISTAKES) as error:
            raise failed(template, f"{_one_line(error)}{self._place(error)}") from error

    def _place(self, error: Exception) -> str:
        """Say in which line of which template it happened; Jinja writes that into the traceback."""
        frames = traceback.extract_tb(error.__traceback__)
        for frame in reversed(frames):
            for folder in self._dirs:
                if Path(frame.filename).is_relative_to(folder):
                    return f" ({Path(frame.filename).relative_to(folder)}, line {frame.lineno})"
        return ""


def failed(template: str, reason: str) -> TemplateFailed:
    """Give the error of a template, in one sentence."""
    return TemplateFailed(f"Template {template} failed: {reason}.")


def _one_line(error: Exception) -> str:
    text = str(error).splitlines()[0][:300].rstrip(".") if str(error) else ""
    return text or type(error).__name__


def _environment(template_dirs: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    environment = _Environment(
        loader=FileSystemLoader(template_dirs),
        # Everything is HTML but the text of a mail.
        autoescape=lambda name: not (name or "").endswith(".txt"),
        undefined=StrictUndefined,
        optimized=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters = {
        **{name: function for name, function in environment.filters.items() if name in JINJA_FILTERS},
        **FILTERS,
    }
    environment.globals = {**FUNCTIONS}
    return environment
