"""Settings: every environment variable BILLFOLD_*, typed, with its sentence of documentation; read at the roots."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set; `docs/settings.md` is generated from it."""

    model_config = SettingsConfigDict(env_prefix="BILLFOLD_", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Field(
        default=Path("var"), description="Where the embedded default keeps everything that it writes."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description=(
            "PostgreSQL to use instead of the embedded one, such as `postgresql://user:password@host/billfold`; "
            "its query may hold `host`, `sslmode` and `statement_cache_size`."
        ),
    )
    redis_url: SecretStr | None = Field(
        default=None, description="Redis or Valkey to use instead of the embedded one, such as `redis://host:6379/0`."
    )
    files_url: str | None = Field(
        default=None,
        description="Where files are stored, such as `s3://bucket/prefix`; by default a folder in the data directory.",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description=(
            "The mail server, such as `smtp://user:password@host:587?starttls=require` or `smtps://host:465`; "
            "without it mails go to a folder of .eml files in the data directory."
        ),
    )
    plugin_dirs: str = Field(
        default="", description="The operator's own plugin directories, separated by `:`; built-ins are always there."
    )
    templates_dir: Path | None = Field(
        default=None, description="The operator's own templates; a file here replaces the built-in one of that name."
    )
    host: str = Field(default="127.0.0.1", description="The address that `billfold serve` listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="The port that `billfold serve` listens on.")
    press_workers: int = Field(default=2, ge=1, le=64, description="How many processes print PDFs.")
    pool_size: int = Field(
        default=10, ge=2, le=100, description="How many database connections a process holds at most."
    )
    mail_from: str = Field(
        default="",
        description="The sender's address where the brand has none of its own, such as `billing@example.com`.",
    )
    schedules: bool = Field(
        default=True, description="Whether this installation makes documents at the times of their schedules."
    )
    graphiql: bool = Field(
        default=False, description="Whether a browser's `GET /graphql` shows a query page; `billfold demo` does."
    )
    log_level: str = Field(default="INFO", description="The least level that is logged: DEBUG, INFO, WARNING or ERROR.")
