"""Where this house keeps its data and how it is reached; environment variables start with HOLDCHAIN_."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from orders.errors import BadInput


class Settings(BaseSettings):
    """
    Settings of one house.

    Parameters
    ----------
    data
        Folder of the database, the secrets, the broker's store and the papers.
    database_url
        SQLAlchemy address; empty is SQLite in the data folder.
    host, port
        Where the pages are served.
    mqtt_host, mqtt_port
        Where devices reach the embedded broker; it speaks plain MQTT.
    workers
        Among how many ingest workers ``serve`` divides the devices.
    language
        Of people who have not chosen one: ``zh_CN`` or ``en``.
    session_hours, link_hours
        How long a session and a one-time sign-in link are good for.
    secure_cookies
        Whether the session's cookie travels over HTTPS only; set it behind a TLS proxy.
    rows_kept_days
        How many days sealed readings stay as rows too, after their day was sealed for the second time; None
        for ever.
    """

    model_config = SettingsConfigDict(env_prefix="HOLDCHAIN_", extra="ignore")

    data: Path = Path("var")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int = Field(default=1883, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    language: str = Field(default="zh_CN", pattern="^(zh_CN|en)$")
    session_hours: int = Field(default=12, ge=1)
    link_hours: int = Field(default=24, ge=1)
    secure_cookies: bool = False
    rows_kept_days: int | None = Field(default=None, ge=1)

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{(self.data / 'holdchain.sqlite3').resolve()}"


def load_settings(data: Path | None = None) -> Settings:
    """
    Settings from the environment; a folder given here overrides ``HOLDCHAIN_DATA``.

    Raises
    ------
    BadInput
        ``setting_unusable``, with the variable and what is wrong with its value.
    """
    try:
        return Settings() if data is None else Settings(data=data)
    except ValidationError as error:
        wrong = error.errors()[0]
        name, why = f"HOLDCHAIN_{wrong['loc'][0]}".upper(), wrong["msg"]
        raise BadInput("setting_unusable", name=name, value=ascii(wrong["input"]), why=why) from error


def prepare_data(data: Path) -> None:
    """Makes the data folder, readable by its owner alone."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
