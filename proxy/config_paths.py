"""Where the files are that tidegate.yaml names: a relative path is relative to it, wherever Tidegate runs.

It knows paths, and no key of the configuration.
"""

from pathlib import Path

from tidegate.configfile.units import SecretRef
from tidegate.proxy.store_place import StorePlace


def beside(home: Path, path: Path) -> Path:
    """A file beside tidegate.yaml, in `home`; one that is only where Tidegate runs is taken there, as it once was."""
    placed = home / path
    return path if not placed.exists() and path.exists() else placed


def secret_beside(home: Path, secret: SecretRef) -> SecretRef:
    """A reference to a secret, that of a file with the path of `beside`."""
    return SecretRef("file", str(beside(home, Path(secret.name)))) if secret.source == "file" else secret


def store_placed_at(store: StorePlace, home: Path) -> StorePlace:
    """The place of the store, a relative path made one from the folder of its file."""
    if isinstance(store, SecretRef):
        return secret_beside(home, store)
    return home / store if isinstance(store, Path) else store
