"""Flaws of somebody else's document: for each a stable code, its meaning, what is done about it, and the cure.

A diagnostic never stops the document from being served. It knows no document; whoever reads one writes these.
"""

from dataclasses import dataclass
from typing import NamedTuple

from tidegate.plain_line import plain


class Meaning(NamedTuple):
    """`finding` is what is wrong and what is done about it, `cure` what whoever owns the document can change."""

    finding: str
    cure: str


MEANINGS: dict[str, Meaning] = {
    "D001": Meaning(
        "the path does not begin with a slash, has a control character, or a parameter without a name; it is left out",
        "write it like /things/{id}",
    ),
    "D002": Meaning(
        "the reference leads nowhere; what it stands for is not checked",
        "write what it refers to, or correct the reference",
    ),
    "D003": Meaning("the path item is not an object; it is left out", "write its methods below it"),
    "D004": Meaning("the operation is not an object; it is left out", "write its responses below it"),
    "D005": Meaning(
        "another path has the same shape and method; requests are matched with that one",
        "tell the two apart by a segment without a parameter",
    ),
    "D006": Meaning(
        "the operationId is used twice, or has a control character; this operation is called by its method and path",
        "give it a name of its own",
    ),
    "D007": Meaning("a schema must stand here; any value is taken", "write a schema, or {} for any value"),
    "D008": Meaning("the keyword has a value of the wrong form; it is ignored", "write it as JSON Schema has it"),
    "D009": Meaning(
        "the pattern is no regular expression of ECMA-262, or too costly; it is ignored",
        "write one that ECMA-262 has, as JSON Schema asks for",
    ),
    "D010": Meaning(
        "JSON has no such type; it is ignored",
        "write null, boolean, object, array, number, integer or string, and what it is for in `format`",
    ),
    "D011": Meaning(
        "no value of the enum has the declared type; the type is ignored", "quote or unquote the values, or correct it"
    ),
    "D012": Meaning(
        "the parts of allOf exclude each other, or one is the whole again; the first one holds",
        "take out what contradicts",
    ),
    "D013": Meaning("items is a list; it is read as alternatives", "write {anyOf: [...]}"),
    "D014": Meaning("the schema cannot be compiled; values are not checked against it", "mend the schema"),
    "D015": Meaning("the parameter has no name or no known place; it is left out", "write its `name` and `in`"),
    "D016": Meaning("the path has a parameter that is not declared; it is taken as text", "declare it with `in: path`"),
    "D017": Meaning("the operation lists no answer of success; it answers 200", "list the 2xx answer"),
    "D018": Meaning(
        "the reference is to an address or to a file outside the document's folder; it is never followed",
        "put the file beside the document, or join them into one",
    ),
    "D019": Meaning("another validator does not accept the document; it is served all the same", "see its words"),
    "D020": Meaning(
        "the operation cannot be served: its body or its answer cannot be read; it answers 501", "mend the reference"
    ),
    "D021": Meaning("the keyword asks for more than is ever made; it is ignored", "ask for less"),
    "D022": Meaning("the path is too long; it is left out", "write fewer and shorter segments"),
    "D023": Meaning(
        "the schema is nested too deep, or its parts are too many to be joined; the rest of it takes any value",
        "nest it less, and name its parts fewer times",
    ),
    "D024": Meaning(
        "one value would be tried against the same parts too many times; values are not checked against the schema",
        "write alternatives that do not hold each other",
    ),
    "D025": Meaning("it is nested too deep; what is deeper is left out", "nest it less"),
    "D026": Meaning("the key of an answer is no status; it is left out", "write 200, 4XX or default, as the answer is"),
    "D027": Meaning(
        "nobody foresaw what stands here; the operation cannot be played, and answers 501", "tell us, with the document"
    ),
}
"""Codes are stable: one is never given another meaning."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something unsound in the document. `pointer` is a JSON Pointer (RFC 6901) to it, `message` says it in full."""

    code: str
    pointer: str
    message: str

    @property
    def cure(self) -> str:
        """The change that would mend it."""
        return MEANINGS[self.code].cure


def diagnosed(code: str, pointer: str, detail: str = "") -> Diagnostic:
    """A diagnostic in the words of its code; `detail` names what exactly."""
    finding = MEANINGS[code].finding
    return Diagnostic(code, plain(pointer), f"{plain(detail)}: {finding}" if detail else finding)
