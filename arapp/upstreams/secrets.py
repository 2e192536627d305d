"""Secrets of the services at rest: Fernet, keys from ENCRYPTION_KEY, the newest first."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _


class SecretLost(Exception):
    """A stored secret that none of our keys opens."""


def conceal(secret: str) -> str:
    """Encrypt with the newest key."""
    return _keys().encrypt(secret.encode()).decode("ascii")


def reveal(token: str) -> str:
    """Decrypt with whichever key fits; SecretLost when none does."""
    try:
        return _keys().decrypt(token.encode("ascii")).decode()
    except InvalidToken:
        raise SecretLost(
            _(
                "The stored secret cannot be opened with ENCRYPTION_KEY. "
                "Put the old key back into it, or connect anew."
            )
        ) from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.ENCRYPTION_KEYS])
