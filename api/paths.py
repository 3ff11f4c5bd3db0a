"""Where the packaged data lies, in a checkout and in an installed wheel."""

from pathlib import Path

_API = Path(__file__).resolve().parent


def config_dir() -> Path:
    """
    Folder of the packaged config: kitchens, foods, dishes, programmes and their like.

    Returns
    -------
    Path
        ``api/_config`` where a wheel put it, else ``config/`` beside ``api/`` in the checkout.
    """
    packaged = _API / "_config"
    return packaged if packaged.is_dir() else _API.parent / "config"


def static_dir() -> Path:
    """Folder of the pages' static files; ``make assets`` fills its ``vendor/``."""
    return _API / "pages" / "static"


def fonts_dir() -> Path:
    """Folder of the papers' fonts, filled by ``make assets``."""
    return _API / "reports" / "fonts"
