"""The blocks of tidegate.yaml about what the store keeps: how much may wait, how long it stays, under which keys.

It knows nothing of how it is stored or sealed, and reads no key.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.units import Duration, Secret
from tidegate.proxy.config_paths import secret_beside

KEYS_MAX = 10


class OutboxSettings(Block):
    """The bounds of what waits to be carried out. Beyond one of them writes get 503."""

    backlog_max: Annotated[int, Field(ge=1)] = 100_000
    """So many writes may wait."""
    backlog_max_bytes: Annotated[int, Field(ge=1)] = 1_073_741_824
    """So many bytes of them."""
    backlog_max_age: Annotated[Duration, Field(gt=0)] = 7 * 86_400.0
    """The oldest of them may be so old; what is parked does not count."""


class RetentionSettings(Block):
    """How long deliveries that have ended stay, and never shorter than their keys are known. Parked ones stay."""

    done: Annotated[Duration, Field(ge=0)] = 0.0
    """What was carried out, with the answer; and what a person gave up."""
    dead: Annotated[Duration, Field(ge=86_400)] = 30 * 86_400.0
    """What waits for a person, who may be on holiday."""


class SealingSettings(Block):
    """The keys, newest first: the first seals, every one opens."""

    keys: Annotated[tuple[Secret, ...], Field(min_length=1, max_length=KEYS_MAX)]
    """References to keys of 32 bytes in base64 (`openssl rand -base64 32`)."""


def sealing_placed_at(sealing: SealingSettings, home: Path) -> SealingSettings:
    """The block with every relative path made one from the folder of its file."""
    return sealing.model_copy(update={"keys": tuple(secret_beside(home, key) for key in sealing.keys)})
