"""Where vendor files are looked for: the given places, then ./adapters, then those that ship with Tidegate.

Without places given, they are those that ./tidegate.yaml names under `vendors`: so every command finds what the proxy
would serve. Of that file only this key is read here; the whole is tidegate.proxy.config's.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import tidegate
from tidegate.configfile.finding import VendorFileError
from tidegate.configfile.wording import nearest
from tidegate.configfile.yaml_places import read_places
from tidegate.problems import UsageError
from tidegate.vendor.vendor_file import FILE_NAME, read_vendor

CONFIG_FILE = Path("tidegate.yaml")
OWN = Path("adapters")
SHIPPED = Path(tidegate.__file__).parent / "adapters"


def find_vendors(search: Sequence[Path] | None = None) -> dict[str, Path]:
    """Vendor files by name; the name is the folder's, and the first file found under a name wins.

    Looked for in the given places (a file, a vendor's folder, or a folder of those), or without any in those of
    ./tidegate.yaml; then in ./adapters, then among those that ship with Tidegate. Raises UsageError where a place is
    not there, or ./tidegate.yaml cannot be read.
    """
    return {**shipped_vendors(), **own_vendors(search)}


def own_vendors(search: Sequence[Path] | None = None) -> dict[str, Path]:
    """As find_vendors, without those that ship with Tidegate."""
    places = configured_places() if search is None else search
    for place in places:
        if not place.exists():
            raise UsageError(f"vendors: {place}: there is no such file or folder to look for vendors in")
    return _in((*places, OWN))


def shipped_vendors() -> dict[str, Path]:
    """The vendor files that ship with Tidegate, by name."""
    return _in((SHIPPED,))


def _in(places: Sequence[Path]) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for place in places:
        if place.is_file():
            files.setdefault(place.parent.resolve().name if place.name == FILE_NAME else place.stem, place)
            continue
        for file in (place / FILE_NAME, *sorted(place.glob(f"*/{FILE_NAME}"))):
            if file.is_file():
                files.setdefault(file.parent.resolve().name, file)
    return files


def configured_places(file: Path = CONFIG_FILE) -> tuple[Path, ...]:
    """The places that a tidegate.yaml names under `vendors`; none where it is not there. Raises UsageError."""
    if not os.path.lexists(file):  # a folder, or a link to nothing, is a file that cannot be read
        return ()
    try:
        placed = read_places(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{file}: cannot be read: {reason}") from None
    if placed.flaws:
        flaw = placed.flaws[0]
        raise UsageError(f"{file}:{flaw.position.line}:{flaw.position.column}: {flaw.message}")
    places = placed.data.get("vendors") if isinstance(placed.data, Mapping) else None
    if places is None:
        return ()
    if not isinstance(places, list) or not all(isinstance(place, str) for place in places):
        where = placed.position(("vendors",))
        raise UsageError(f"{file}:{where.line}:{where.column}: vendors: this must be a list of files or folders")
    return tuple(file.parent / place for place in places)


def find_vendor(named: str, search: Sequence[Path] | None = None) -> Path:
    """The file of a vendor that is given by its name, its folder or its file. Raises UsageError.

    A plain word is a vendor's name first: a file or folder that happens to be called so is reached as ./word. One that
    is given by its name must give itself the same.
    """
    known = find_vendors(search)
    if named in known and Path(named).name == named:
        loaded = read_vendor(known[named]).loaded
        if loaded is not None and (findings := loaded.misnamed(named)):
            raise VendorFileError(findings)
        return known[named]
    given = Path(named)
    for file in (given, given / FILE_NAME) if named else ():
        if file.is_file():
            return file
    if given.is_dir() and named:
        raise UsageError(f"{named}: there is no {FILE_NAME} in this folder")
    hint = nearest(named, known) or (f"; known: {', '.join(sorted(known))}" if known else "")
    raise UsageError(f"there is no vendor {named}{hint}")
