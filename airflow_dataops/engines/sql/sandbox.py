"""Jinja's sandbox, in which besides no value grows past a limit: a template can't fill a worker's memory."""

from __future__ import annotations

from collections.abc import Sized
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateRuntimeError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2.runtime import Context

LONGEST = 1024 * 1024
"""Characters of a text, items of a list, and characters of the whole SQL."""

BIGGEST = 4096
"""Bits of an integer."""

FILTERS = (
    *("abs", "attr", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby"),
    *("int", "items", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr"),
    *("reverse", "select", "selectattr", "sort", "title", "trim", "unique", "upper"),
)
"""Jinja's own filters that return nothing much bigger than what they are given."""

GLOBALS = ("dict", "namespace", "range")
"""Jinja's own functions of which the same is true; it limits the range itself."""

GROWING: dict[type, frozenset[str]] = {
    str: frozenset(
        ("center", "encode", "expandtabs", "format", "format_map", "ljust", "rjust", "translate", "zfill")
    ),
    int: frozenset(("to_bytes",)),
    list: frozenset(("extend",)),
}
"""Type -> its methods that make much out of little."""


def written(value: object) -> str:
    """Return a text, a number, a truth value, a date or none as text.

    Raises:
        TemplateRuntimeError: If it is a list or another thing that holds values.
        UndefinedError: If it is undefined.
    """
    if isinstance(value, Sized) and not isinstance(value, str | StrictUndefined):
        raise TemplateRuntimeError(f"a {type(value).__name__} can't be written as one text")
    return str(value)


def joined(separator: str, values: Iterable[object]) -> str:
    """Return texts as one, with a separator between them."""
    texts: list[str] = []
    size = 0
    for value in values:
        texts.append(written(value))
        size += len(texts[-1]) + len(separator)
        _check(size)
    return separator.join(texts)


def replaced(text: str, old: str, new: str, count: int = -1) -> str:
    """Return a text with another in the place of each of its parts that is `old`."""
    times = text.count(old) if count < 0 else min(count, text.count(old))
    _check(len(text) + times * len(new))
    return text.replace(old, new, count)


def _joined(values: Iterable[object], d: object = "") -> str:
    return joined(written(d), values)


def _replaced(text: object, old: str, new: str, count: int | None = None) -> str:
    return replaced(written(text), old, new, -1 if count is None else count)


def _times(left: Any, right: Any) -> None:  # noqa: ANN401 - a template multiplies what it likes
    for many, number in ((left, right), (right, left)):
        if isinstance(many, Sized) and isinstance(number, int):
            _check(len(many) * number)
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() + right.bit_length())


def _power(left: Any, right: Any) -> None:  # noqa: ANN401
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() * right)


def _plus(left: Any, right: Any) -> None:  # noqa: ANN401
    if isinstance(left, Sized) and isinstance(right, Sized):
        _check(len(left) + len(right))


def _percent(left: Any, _right: Any) -> None:  # noqa: ANN401
    if isinstance(left, str):
        raise SecurityError("a text can't be formatted with %: join texts with ~")


OPERATORS: dict[str, Callable[[Any, Any], None]] = {"*": _times, "**": _power, "+": _plus, "%": _percent}
"""Operator -> what raises when its result would be too big."""

METHODS: dict[str, Callable[..., str]] = {"join": joined, "replace": replaced}
"""Methods of texts that grow with what they are given -> what stands in for them."""


class BoundedEnvironment(SandboxedEnvironment):
    """A sandbox for templates whose values stay small. Undefined names are errors."""

    intercepted_binops = frozenset(OPERATORS)

    def __init__(self, *, finalize: Callable[[object], object]) -> None:
        super().__init__(undefined=StrictUndefined, keep_trailing_newline=True, finalize=finalize)
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters |= {"join": _joined, "replace": _replaced, "string": written}
        self.globals = {name: self.globals[name] for name in GLOBALS}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Refuse, besides what Jinja refuses, the methods that make much out of little."""
        growing = any(isinstance(obj, kind) and attr in names for kind, names in GROWING.items())
        return not growing and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """Let `format` be refused like the others; its widths may be any number."""

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Reckon, if the result is not too big."""
        OPERATORS[operator](left, right)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: object, /, *args: object, **kwargs: object) -> object:
        """Call a function or a method; those of METHODS give way to theirs."""
        owner = getattr(obj, "__self__", None)
        name = getattr(obj, "__name__", "")
        if isinstance(owner, str) and name in METHODS:
            obj = partial(METHODS[name], str(owner))
        return super().call(context, obj, *args, **kwargs)

    def concatenated(self, *values: object) -> str:
        """Return what `~` comes to."""
        return joined("", values)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Return the tree, in which `~`, that the sandbox doesn't intercept, is a call of ours."""
        tree = super()._parse(source, name, filename)
        _ConcatenationsCalled().visit(tree)
        return tree


class _ConcatenationsCalled(NodeTransformer):
    def visit_Concat(self, node: nodes.Concat) -> nodes.Call:  # noqa: N802 - named after the node
        self.generic_visit(node)
        ours = nodes.EnvironmentAttribute("concatenated")
        return nodes.Call(ours, node.nodes, [], None, None, lineno=node.lineno)


def _check(size: int) -> None:
    if size > LONGEST:
        raise SecurityError(f"a value would have more than {LONGEST} characters or items")


def _check_bits(size: int) -> None:
    if size > BIGGEST:
        raise SecurityError(f"a number would have more than {BIGGEST} bits")
