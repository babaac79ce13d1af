"""Sealing tokens for storage: Fernet (AES-128-CBC with HMAC-SHA256), with several keys while they change."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import IcdlensError


class KeyMissing(IcdlensError):
    """A stored token was sealed with a key that is not among those given. Never says which token."""


class Seal:
    """Seals with the first of its keys, opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([Fernet(key) for key in keys])
        self._marking = [key.encode() for key in keys]

    def sealed(self, secret: str) -> str:
        return self._keys.encrypt(secret.encode()).decode()

    def opened(self, sealed: str) -> str:
        """What was sealed. Raises ``KeyMissing``."""
        try:
            return self._keys.decrypt(sealed).decode()
        except (InvalidToken, ValueError):  # a ValueError where it is not even ASCII
            raise _missing() from None

    def marks(self, name: str) -> list[str]:
        """By what a row can be found without saying whose it is: under each key, the first key's first."""
        text = f"icdlens mark {name}".encode()
        return [hmac.new(key, text, hashlib.sha256).hexdigest() for key in self._marking]

    def resealed(self, sealed: str) -> str:
        """The same secret under the first key. Raises ``KeyMissing``."""
        try:
            return self._keys.rotate(sealed).decode()
        except (InvalidToken, ValueError):  # a ValueError where it is not even ASCII
            raise _missing() from None


def new_key() -> str:
    return Fernet.generate_key().decode()


def _missing() -> KeyMissing:
    return KeyMissing(
        "A stored token cannot be opened with the keys in ICDLENS_SLACK_KEYS: add the key that it was sealed "
        "with, behind the others"
    )
