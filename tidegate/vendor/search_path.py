"""The search path of vendor files: the given places, then ./adapters, then those that ship with Tidegate."""

from collections.abc import Sequence
from pathlib import Path

import tidegate
from tidegate.configfile.finding import VendorFileError
from tidegate.configfile.wording import nearest
from tidegate.problems import UsageError
from tidegate.vendor.vendor_file import FILE_NAME, read_vendor


def find_vendors(search: Sequence[Path]) -> dict[str, Path]:
    """Vendor files by name; the name is the folder's, and the first file found under a name wins.

    Looked for in the given places (a file, a vendor's folder, or a folder of those), then in ./adapters, then among
    those that ship with Tidegate.
    """
    files: dict[str, Path] = {}
    for place in (*search, Path("adapters"), Path(tidegate.__file__).parent / "adapters"):
        if place.is_file():
            files.setdefault(place.parent.resolve().name if place.name == FILE_NAME else place.stem, place)
            continue
        for file in (place / FILE_NAME, *sorted(place.glob(f"*/{FILE_NAME}"))):
            if file.is_file():
                files.setdefault(file.parent.resolve().name, file)
    return files


def find_vendor(named: str, search: Sequence[Path] = ()) -> Path:
    """The file of a vendor that is given by its name, its folder or its file. Raises UsageError.

    One that is given by its name must give itself the same.
    """
    path = Path(named)
    for file in (path, path / FILE_NAME):
        if file.is_file():
            return file
    files = find_vendors(search)
    if named not in files:
        hint = nearest(named, files) or (f"; known: {', '.join(sorted(files))}" if files else "")
        raise UsageError(f"there is no vendor {named}{hint}")
    loaded = read_vendor(files[named]).loaded
    if loaded is not None and (findings := loaded.misnamed(named)):
        raise VendorFileError(findings)
    return files[named]
