"""What an operator can set, by environment (``HOMEWARD_...``) or ``.env``.

Every bound has a default that suits a small ministry and a reason. Read by ``app.py``, ``cli`` and ``demo`` only.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.attachments import MAX_ATTACHMENT_BYTES


class Settings(BaseSettings):
    """All settings of a node."""

    model_config = SettingsConfigDict(
        env_prefix="HOMEWARD_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    data_dir: Path = Field(
        Path("data"), description="Where keys, and by default the database, lie. Back it up; keep it private."
    )
    database_url: str = Field(
        "", description="postgresql://user:password@host/name; SQLite in the data directory when empty"
    )
    base_url: str = Field("http://127.0.0.1:8000", description="The address under which others reach this node")
    host: str = Field("127.0.0.1", description="Address to listen on; behind a TLS proxy this stays on loopback")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on")

    deliver_in_process: bool = Field(
        True, description="Deliver in the serving process; off where `homeward deliver` runs by itself"
    )
    deliver_pause_seconds: float = Field(1.0, gt=0, description="How long the delivery loop rests when nothing is due")
    pull_every_seconds: float = Field(15.0, gt=0, description="How often mailboxes of peers are fetched")
    peer_timeout_seconds: float = Field(
        20.0, gt=0, description="How long another node may take to answer; border lines are slow"
    )

    envelope_bytes: int = Field(
        1_000_000, ge=10_000, description="Largest envelope: documents have 5 to 50 KB, so twenty times that"
    )
    body_bytes: int = Field(1_500_000, ge=10_000, description="Largest request body: an envelope and some more")
    json_depth: int = Field(32, ge=8, description="Deepest JSON: the forms need 8")
    requests_per_minute: int = Field(
        6000, ge=1, description="Requests per address (IPv6: /64) and minute: a busy shelter makes a few hundred"
    )
    token_requests_per_minute: int = Field(
        120, ge=1, description="Requests for tokens per address (IPv6: /64) and minute: checking one costs time"
    )
    token_minutes: int = Field(10, ge=1, le=60, description="How long a token lives")
    smallest_cell: int = Field(
        5, ge=3, le=100, description="Counts below this are left out of figures that leave the agency"
    )

    attachments_url: str = Field(
        "", description="s3://bucket/folder for the bytes of attachments; a folder in the data directory when empty"
    )
    s3_endpoint: str = Field("", description="Address of the S3-compatible store; Amazon's own when empty")
    s3_region: str = Field("us-east-1", description="Region of the bucket; many stores know only this one")
    s3_key_id: str = Field("", description="Name of the store's access key; its own environment decides when empty")
    s3_secret: str = Field("", description="The store's secret access key", repr=False)
    attachment_bytes: int = Field(
        MAX_ATTACHMENT_BYTES,
        ge=1,
        le=MAX_ATTACHMENT_BYTES,
        description="Largest attachment, sent or fetched: a scanned file of a hundred pages",
    )
    attachment_days: int = Field(
        7, ge=1, description="How long an attachment is kept that no document and no draft names"
    )
    virus_scanner: str = Field(
        "", description="Command that gets a file on standard input and exits with 1 to refuse it: `clamdscan -`"
    )
    virus_scanner_seconds: float = Field(60.0, gt=0, description="How long the scanner may take for one file")

    oidc_issuer: str = Field("", description="OpenID Connect issuer for people; none when empty")
    oidc_audience: str = Field("homeward", description="The audience that the issuer names for this node")
    oidc_agency_claim: str = Field("homeward_agency", description="Claim that names the person's agency")
    oidc_roles_claim: str = Field("homeward_roles", description="Claim that lists the person's roles")

    log_format: Literal["json", "console"] = Field("json", description="How log lines look")
    traces: bool = Field(
        False,
        description="Send traces by OpenTelemetry to where its own `OTEL_...` variables say; needs `homeward[otel]`",
    )
    clock_file: Path | None = Field(
        None, description="For rehearsals only: a file with the time that this node shall believe in"
    )

    @cached_property
    def url(self) -> str:
        """The database's URL, SQLite in the data directory by default."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'homeward.db').absolute()}"

    @property
    def keys_dir(self) -> Path:
        """Where the private keys lie: one file per agency, one for the vault, one for tokens."""
        return self.data_dir / "keys"
