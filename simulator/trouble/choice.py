"""The things that one key of a fault may say, each a class that registers itself by being defined.

The change of a drift, the mode of a webhook's fault, what a lie is about: for each there is a direct subclass of Choice
with what they have in common, and a subclass of that with a `name` for every value. All of them are found in the
folder of the direct subclass, or are known once they are defined, as in a test.
"""

from typing import Any, ClassVar, Self, cast

from pydantic_core import PydanticKnownError

from tidegate.scenario.fault_kinds import define_all


class Choice:
    """One value that a key may have. Two of one name are a TypeError."""

    name: ClassVar[str]
    defined: ClassVar[dict[str, Any]]
    """All that are defined by now of this sort, by name."""
    folder: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if Choice in cls.__bases__:
            cls.defined, cls.folder = {}, cls.__module__.rpartition(".")[0]
        elif "name" in cls.__dict__:
            if cls.name in cls.defined:
                raise TypeError(f"{cls.defined[cls.name].__class__.__qualname__} is called {cls.name!r} already")
            cls.defined[cls.name] = cls()

    @property
    def place(self) -> tuple[int, ...]:
        """Its place in messages: smaller ones come first, and of two equal ones the one that was defined first."""
        return ()

    @classmethod
    def known(cls) -> list[str]:
        """Every name of this sort, in the order of their places."""
        define_all(cls.folder)
        return [choice.name for choice in sorted(cls.defined.values(), key=lambda choice: cast("Choice", choice).place)]

    @classmethod
    def named(cls, name: str) -> Self:
        """The one of this name, which a fault's key has."""
        return cast("Self", cls.defined[name])

    @classmethod
    def checked(cls, value: object) -> object:
        """The value, where it is a name of this sort: a validator for the key. Raises what a Literal would."""
        names = cls.known()
        if value not in names:
            *others, last = [repr(name) for name in names]
            raise PydanticKnownError("literal_error", {"expected": f"{', '.join(others)} or {last}"})
        return value
