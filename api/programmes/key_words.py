"""What each key of the schema means, in words."""

from api.words import catalog


def meaning(path: str, language: str) -> str:
    """
    What a key means; a key that means the same everywhere (``cite``, ``id``, a bound) is said once for all.

    Parameters
    ----------
    path
        Of the schema, without ids: ``benefit.amount``.
    language
        ``zh_CN`` or ``en``.

    Returns
    -------
    str
        Empty when nobody has said it yet; a test looks for such.
    """
    words = catalog(language)
    return words.get(f"key:{path}") or words.get(f"key:*.{path.rsplit('.', 1)[-1]}", "")
