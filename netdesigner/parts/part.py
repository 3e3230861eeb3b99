"""Parts and their parameters: one declaration that is form, limits, help, persistence and check at once.

    class Dropout(Layer):
        \"\"\"Sets elements to zero at random while training.\"\"\"

        kind: ClassVar[str] = "Dropout"
        p: float = param(0.5, min=0, max=1, help="chance of an element to be zeroed")

The annotation gives the type. A text in a numeric field is an expression; `resolve` turns it into a number before
the part is made, so a part that exists holds legal numbers only.

A part behaves as a frozen dataclass with keywords only, but is not made by `dataclass`, which writes and compiles six
methods for each class: over a shelf of hundreds of parts that would be half of the time in which the window opens.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self, dataclass_transform

from netdesigner.document.design import Value
from netdesigner.document.expression import evaluate
from netdesigner.document.spelling import meant
from netdesigner.errors import ExpressionError, ParameterError

__all__ = ["Floats", "Ints", "Names", "Param", "Part", "Scale", "Size", "param", "resolve"]

Size = int | tuple[int, ...]
"""One number for all axes, or one for each."""
Scale = float | tuple[float, ...]
"""The same of real numbers."""
Ints = tuple[int, ...]
Floats = tuple[float, ...]
Names = tuple[str, ...]

_TYPES = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "Ints": "ints",
    "Floats": "floats",
    "Names": "names",
    "Size": "size",
    "Scale": "scale",
}
"""What a parameter may be annotated with, alone or with `| None`, and its type in forms; a size also with `| str`."""
_LARGEST = 2**53
_NUMERIC = frozenset({"int", "float", "ints", "floats", "size", "scale"})
_EXPECTED = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "ints": "a list of whole numbers",
    "floats": "a list of numbers",
    "names": "a list of names",
    "size": "a whole number or a list of them",
    "scale": "a number or a list of them",
}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a part, as forms and checks see it.

    Attributes:
        name: its name on disk and in forms; of layers and optimizers torch's own.
        field: the attribute that holds it; `name`, unless a method of the part is called that.
        type: "bool", "int", "float", "str", "ints", "floats", "names", "size" or "scale".
        optional: whether it may be empty (None).
        default: the value where none was set.
        min, max: limits of a number or of each number of a list, inclusive.
        above: a limit that itself is excluded.
        choices: the texts allowed; for a "size" the texts allowed beside numbers.
        axes: how many numbers a "size" or "scale" has when it is a list; if not declared, the part's `size_axes`.
            Where that is 0 too, there may be any number of them.
        length: how many items a list has, where fixed.
        unit: shown beside the field.
        label: what forms call it, where its name does not say it.
        help: one sentence.
        path: "", "file" or "folder": the text names one on this machine.
        advanced: shown in a fold that is closed at first.
    """

    name: str
    field: str
    type: str
    optional: bool
    default: Any
    min: float | None = None
    max: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    axes: int = 0
    length: int | None = None
    unit: str = ""
    label: str = ""
    help: str = ""
    path: str = ""
    advanced: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the field takes numbers, and so expressions."""
        return self.type in _NUMERIC

    @property
    def title(self) -> str:
        """What people read: `kernel_size` is "Kernel size" where it has no label of its own; its unit behind it."""
        words = self.label or self.name.replace("_", " ")
        words = words[:1].upper() + words[1:] if len(words) > 1 else words
        return f"{words} ({self.unit})" if self.unit else words

    @property
    def unset(self) -> str:
        """What no value means, as its help says behind "empty:"; "none" where that says nothing."""
        return self.help.rpartition("empty: ")[2].partition(";")[0] if "empty: " in self.help else "none"

    def check(self, value: object) -> Any:
        """The value in its declared type.

        Raises:
            ParameterError: it is of another type or outside the limits.
        """
        if value is None:
            if self.optional:
                return None
            raise ParameterError(self.name, f"expected {self._expected()}, it is empty")
        if self.type in ("ints", "floats", "names"):
            return self._check_list(value)
        if self.type in ("size", "scale"):
            return self._check_axes(value)
        return self._check_one(value, self.type)

    def _expected(self) -> str:
        return f"one of {self._listed()}" if self.choices and self.type == "str" else _EXPECTED[self.type]

    def _listed(self) -> str:
        """The texts allowed, in quotes where one of them holds a comma itself."""
        apart = any("," in choice for choice in self.choices)
        return ", ".join(map(repr, self.choices) if apart else self.choices)

    def _refuse(self, value: object, expected: str) -> ParameterError:
        given = repr(list(value)) if isinstance(value, tuple) else repr(value)
        return ParameterError(
            self.name, f"expected {expected}, got {given if len(given) <= 60 else given[:57] + '...'}"
        )

    def _check_list(self, value: object) -> tuple[Any, ...]:
        if not isinstance(value, tuple | list):
            raise self._refuse(value, self._expected())
        if self.length is not None and len(value) != self.length:
            raise self._refuse(tuple(value), f"{self.length} values")
        item = {"ints": "int", "floats": "float", "names": "str"}[self.type]
        return tuple(self._check_one(part, item) for part in value)

    def _check_axes(self, value: object) -> Any:
        item = "int" if self.type == "size" else "float"
        if isinstance(value, str) and self.choices:
            if value in self.choices:
                return value
            raise self._refuse(value, f"a whole number, a list of them, or one of {self._listed()}")
        if isinstance(value, tuple | list):
            if not value or len(value) != (self.axes or len(value)):
                expected = f"one number or {self.axes}" if self.axes else self._expected()
                raise self._refuse(tuple(value), expected)
            return tuple(self._check_one(part, item) for part in value)
        return self._check_one(value, item)

    def _check_one(self, value: object, kind: str) -> Any:
        if kind == "bool":
            if not isinstance(value, bool):
                raise self._refuse(value, _EXPECTED["bool"])
            return value
        if kind == "str":
            return self._check_text(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refuse(value, _EXPECTED[kind])
        if not abs(value) <= (_LARGEST if isinstance(value, int) else sys.float_info.max):
            raise ParameterError(self.name, f"expected {_EXPECTED[kind]} of a size that can be computed with")
        if kind == "int":
            if value != int(value):
                raise self._refuse(value, "a whole number")
            value = int(value)
        self._check_limits(value)
        return float(value) if kind == "float" else value

    def _check_text(self, value: object) -> str:
        if not isinstance(value, str):
            raise self._refuse(value, self._expected() if self.type == "str" else _EXPECTED["str"])
        if self.choices and value not in self.choices:
            near = meant(value, self.choices)
            hint = f"; did you mean '{near}'?" if near else ""
            raise ParameterError(self.name, f"expected {self._expected()}, got {value!r}{hint}")
        return value

    def _check_limits(self, value: float) -> None:
        if self.min is not None and value < self.min:
            raise self._refuse(value, f"at least {_spelled(self.min)}")
        if self.above is not None and value <= self.above:
            raise self._refuse(value, f"more than {_spelled(self.above)}")
        if self.max is not None and value > self.max:
            raise self._refuse(value, f"at most {_spelled(self.max)}")


def _spelled(limit: float) -> str:
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"


def param(
    default: Any,
    *,
    name: str = "",
    min: float | None = None,
    max: float | None = None,
    above: float | None = None,
    choices: tuple[str, ...] = (),
    axes: int = 0,
    length: int | None = None,
    unit: str = "",
    label: str = "",
    help: str = "",
    path: str = "",
    advanced: bool = False,
) -> Any:
    """Declares a parameter; see `Param` for the arguments. Its name is the field's unless one is given."""
    limits = {
        "min": min, "max": max, "above": above, "choices": choices, "axes": axes, "length": length,
        "unit": unit, "label": label, "help": help, "path": path, "advanced": advanced,
    }  # fmt: skip
    return _Declaration(default, name, limits)


class _Declaration(NamedTuple):
    """What `param` was given, and the annotation of the field that it stands in."""

    default: Any
    name: str
    limits: Mapping[str, Any]
    annotation: object = None


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Part:
    """Something a user can pick from a list.

    Attributes:
        kind: its name on disk, which never changes.
        replaces: names it had in earlier versions.
        title: its name for people; the kind if empty.
        size_axes: how many axes its sizes and scales are for, where their declarations do not say.
        initial: parameters that a freshly placed part starts with where that differs from the defaults.
        declared: what `param` declared, by field; read from the class, never written.
    """

    kind: ClassVar[str] = ""
    replaces: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str] = ""
    size_axes: ClassVar[int] = 0
    initial: ClassVar[Mapping[str, Value]] = {}
    declared: ClassVar[Mapping[str, _Declaration]] = {}

    def __init_subclass__(cls) -> None:
        """Reads the fields that the class declares; those of the classes above it come first."""
        own = {name: value for name, value in vars(cls).items() if isinstance(value, _Declaration)}
        for name, declaration in own.items():
            own[name] = declaration._replace(annotation=cls.__annotations__.get(name))
            setattr(cls, name, declaration.default)
        cls.declared = {**cls.declared, **own}

    def __init__(self, **values: Any) -> None:
        """Makes a part; a field that is not named has its default.

        Raises:
            ParameterError: a value is of another type or outside the limits.
        """
        unknown = values.keys() - self.declared.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        for declared in self.params():
            name = declared.field
            self.__dict__[name] = declared.check(values[name]) if name in values else declared.default
        self.check_together()

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"{type(self).__name__} cannot be changed; make another")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"{type(self).__name__} cannot be changed; make another")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.values().items())})"

    def check_together(self) -> None:
        """Holds the parameters against each other, where each may be allowed on its own.

        Raises:
            ParameterError: they do not go together.
        """

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """The parameters in the order of the form."""
        return _params_of(cls)  # type: ignore[arg-type]  # a class is hashed by what it is, not by its fields

    def with_fields(self, **values: Any) -> Self:
        """The same part with other values of some fields; raises as making one does."""
        return type(self)(**{**self.__dict__, **values})

    @classmethod
    def label(cls) -> str:
        """The name for people."""
        return cls.title or cls.kind

    @classmethod
    def summary(cls) -> str:
        """The first sentence of the documentation."""
        return (cls.__doc__ or "").strip().partition("\n")[0].strip()

    def values(self) -> dict[str, Any]:
        """All parameters by name."""
        return {declared.name: getattr(self, declared.field) for declared in self.params()}

    def changed(self) -> dict[str, Any]:
        """The parameters that differ from their defaults."""
        return {p.name: getattr(self, p.field) for p in self.params() if getattr(self, p.field) != p.default}


@functools.cache
def _params_of(part: type[Part]) -> tuple[Param, ...]:
    return tuple(_param_of(part, field, declaration) for field, declaration in part.declared.items())


def _param_of(part: type[Part], field: str, declaration: _Declaration) -> Param:
    where = f"{part.__name__}.{field}"
    kind, optional = _type_of(declaration.annotation, where)
    limits = dict(declaration.limits)
    if kind in ("size", "scale"):
        limits["axes"] = limits["axes"] or part.size_axes
    found = Param(declaration.name or field, field, kind, optional, declaration.default, **limits)
    if part.kind:
        try:
            return replace(found, default=found.check(found.default))
        except ParameterError as error:
            raise TypeError(f"{where}: its default is not allowed: {error}") from None
    return found


def _type_of(annotation: object, where: str) -> tuple[str, bool]:
    """The type that an annotation declares, and whether it may be empty.

    The words are read as they stand, since evaluating the annotations of all parts takes a tenth of a start.
    """
    if not isinstance(annotation, str):
        raise TypeError(
            f"{where}: write its type beside its name, in a module that begins with "
            "`from __future__ import annotations`"
        )
    words = {word.strip() for word in annotation.split("|")}
    optional = "None" in words
    words.discard("None")
    if words == {"Size", "str"}:
        return "size", optional
    word = next(iter(words)) if len(words) == 1 else ""
    if word in _TYPES:
        return _TYPES[word], optional
    raise TypeError(f"{where}: a parameter cannot be of type {annotation}; write one of {', '.join(_TYPES)}")


def resolve(
    part: type[Part], params: Mapping[str, Value], names: Mapping[str, int | float]
) -> dict[str, Any]:
    """The parameters with every expression turned into its number, by the fields that hold them.

    Args:
        part: the part whose parameters they are.
        params: what was set.
        names: the variables that expressions may use.

    Raises:
        ParameterError: a name is not a parameter of the part, or an expression has no value.
    """
    declared = {p.name: p for p in part.params()}
    found: dict[str, Any] = {}
    for name, value in params.items():
        if name not in declared:
            near = meant(name, declared)
            hint = f"; did you mean '{near}'?" if near else ""
            raise ParameterError(name, f"{part.label()} has no such parameter{hint}")
        found[declared[name].field] = _resolved(declared[name], value, names)
    return found


def _resolved(declared: Param, value: Value, names: Mapping[str, int | float]) -> Any:
    if not declared.numeric:
        return value
    if isinstance(value, tuple):
        return tuple(_resolved(declared, item, names) for item in value)
    if isinstance(value, str) and value not in declared.choices:
        try:
            return evaluate(value, names)
        except ExpressionError as error:
            raise ParameterError(declared.name, str(error)) from None
    return value
