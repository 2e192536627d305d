"""Secrets of the services at rest: Fernet, keys from ENCRYPTION_KEY or a file of ours, the newest first."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _


class SecretLost(Exception):
    """A stored secret that none of our keys opens."""


def conceal(secret: str) -> str:
    """Encrypt with the newest key. SecretLost when the file with the keys cannot be read."""
    return _keys().encrypt(secret.encode()).decode("ascii")


def reveal(token: str) -> str:
    """Decrypt with whichever key fits; SecretLost when none does."""
    try:
        return _keys().decrypt(token.encode("ascii")).decode()
    except (InvalidToken, ValueError):
        raise SecretLost(
            _(
                "The stored secret cannot be opened with ENCRYPTION_KEY. "
                "Put the old key back into it, or connect anew."
            )
        ) from None


def opens(token: str) -> bool:
    """Whether one of our keys opens it; nothing stored counts as open."""
    try:
        reveal(token) if token else None
    except SecretLost:
        return False
    return True


def renewed(token: str) -> str:
    """The same secret under the newest key; the very same text when it is under it already. SecretLost."""
    try:
        Fernet(next(iter(settings.ENCRYPTION_KEYS))).decrypt(token.encode("ascii"))
    except InvalidToken:
        return conceal(reveal(token))
    return token


def _keys() -> MultiFernet:
    """Asked for each time, since the file may have got a newer key meanwhile."""
    try:
        return MultiFernet([Fernet(key.strip()) for key in settings.ENCRYPTION_KEYS])
    except (OSError, ValueError) as error:
        raise SecretLost(_("The file with the keys of ENCRYPTION_KEY cannot be read.")) from error
