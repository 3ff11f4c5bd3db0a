"""The house's key for people: hashes ID numbers, makes the tokens of QR meal cards and the words at doors."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

KEY_FILE = Path("secrets") / "people.key"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class PeopleKeys:
    """
    Three keys drawn from one secret.

    Parameters
    ----------
    identity
        Hashes ID numbers.
    card
        Makes QR tokens.
    word
        Makes the code words of orders that are brought home.
    """

    identity: bytes = field(repr=False)
    card: bytes = field(repr=False)
    word: bytes = field(repr=False)


def people_keys(data: Path) -> PeopleKeys:
    """
    The keys of a data folder, made on first use; the file is readable by its owner alone.

    Without this file ID numbers are not recognised again and cards have to be issued anew: it is backed up
    with the database.
    """
    path = data / KEY_FILE
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    return PeopleKeys(*(_derived(secret, purpose) for purpose in (b"identity", b"card", b"word")))


def _make(path: Path) -> None:
    """Writes the whole key under another name first; whoever links it first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac.new(secret, purpose, hashlib.sha256).digest()
