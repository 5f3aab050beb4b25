"""Path templates read as places of objects: a collection, one object in it, or something under an object.

`/v1/x` → a collection, `/v1/x/{id}` one of it, `/v1/x/{id}/verb` something under it. Endings such as `.json` and a
query in the template make no difference. It knows templates only, and no operation.
"""

import re
from collections.abc import Container
from dataclasses import dataclass

SLOT = "{}"
"""Stands for any parameter in a key."""

TemplateKey = tuple[str, ...]
"""A template without the names of its parameters."""

PARAMETER = re.compile(r"\{([^{}]+)\}")
_KEYED = re.compile(r"([\w.-]+)\('?\{[^{}]+\}'?\)")
"""An object by its key, as OData has it (4.01, URL Conventions §4.3): `Products({id})`."""
_VERB = re.compile(r"(\{[^{}]+\}|[\w-]+):([A-Za-z]+)")
"""A custom method, as Google has it (AIP-136): `{name}:cancel`."""
_ENDING = re.compile(r"\.(json|xml)$")


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """`params` are the names of its parameters, in order."""

    key: TemplateKey
    params: tuple[str, ...]

    @property
    def is_object(self) -> bool:
        """True where it ends with a parameter."""
        return self.key[-1:] == (SLOT,)

    @property
    def word(self) -> str:
        """The last word that is no parameter."""
        return next((step for step in reversed(self.key) if step != SLOT), "")

    def unnamed(self, named: Container[str]) -> tuple[tuple[str, str], ...]:
        """Its parameters but for those that are named otherwise, with the words before each."""
        places = [place for place, step in enumerate(self.key) if step == SLOT]
        pairs = zip(places, self.params, strict=False)
        return tuple(("/".join(self.key[:place]), param) for place, param in pairs if param not in named)


def read_template(template: str) -> PathTemplate:
    """Read one template."""
    steps, params = [], []
    for step in re.split(r"[?#]", template, maxsplit=1)[0].strip("/").split("/"):
        plain = _ENDING.sub("", step)
        names = PARAMETER.findall(plain)
        params += names
        if (keyed := _KEYED.fullmatch(plain)) is not None:
            steps += [keyed[1], SLOT]
        elif (verb := _VERB.fullmatch(plain)) is not None:
            steps += [PARAMETER.sub(SLOT, verb[1]), verb[2]]
        else:
            steps.append(SLOT if names and not PARAMETER.sub("", plain) else PARAMETER.sub(SLOT, plain))
    return PathTemplate(tuple(steps), tuple(params))


def singular(word: str) -> str:
    """A plural English word's singular, near enough: `repositories`, `boxes`, `addresses`, `customers`."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def unused_name(key: TemplateKey, names: Container[str]) -> str:
    """A name that is not among these: the last word of the key, with those before it where that is taken."""
    words = [step for step in key if step != SLOT]
    for count in range(1, len(words) + 1):
        name = "/".join(words[-count:])
        if name and name not in names:
            return name
    return "/" + "/".join(key) if words else "root"
