"""All settings in one struct, read from the environment at the doors only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

PREFIX = "TOUCHSTONE_"
_LISTS = frozenset(["dns_servers", "trusted_proxies"])


class SettingsError(Exception):
    """A setting that cannot be read; the message names it, never its value."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each field is the environment variable `TOUCHSTONE_` + its upper-case name."""

    database_url: Annotated[str, Meta(description="SQLAlchemy URL; empty: SQLite in `DATA_DIR`")] = ""
    migration_database_url: Annotated[
        str, Meta(description="URL of the tables' owner, for migrations; empty: `DATABASE_URL`")
    ] = ""
    data_dir: Annotated[str, Meta(description="where SQLite and the keys lie")] = "var"
    keys_dir: Annotated[str, Meta(description="where the master key lies; empty: `DATA_DIR`/keys")] = ""
    base_url: Annotated[
        str, Meta(description="the public URL: issuer and audience of tokens", pattern=r"^https?://[^/]+$")
    ] = "http://localhost:8000"
    host: Annotated[str, Meta(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(description="port to listen on", ge=0, le=65535)] = 8000
    webhooks_allow_http: Annotated[bool, Meta(description="trial only: deliver to http URLs")] = False
    webhooks_allow_private: Annotated[
        bool, Meta(description="trial only: deliver to loopback and private addresses")
    ] = False
    webhooks_seconds: Annotated[
        float,
        Meta(
            description="seconds an attempt may take; after four times that, what a dead worker had is due",
            ge=1,
            le=60,
        ),
    ] = 15.0
    dns_servers: Annotated[
        tuple[str, ...], Meta(description="name servers for outside calls; empty: the system's")
    ] = ()
    egress_proxy: Annotated[
        str,
        Meta(
            description="http proxy for outside calls, which judges addresses; empty: none",
            pattern=r"^(http://[^/]+)?$",
        ),
    ] = ""
    metrics_token: Annotated[
        str, Meta(description="bearer token of `/metrics`; empty: loopback callers only")
    ] = ""
    access_token_seconds: Annotated[int, Meta(description="life of an access token", ge=30, le=3600)] = 300
    dpop_nonce_seconds: Annotated[
        int,
        Meta(description="life of nonces that DPoP proofs must hold; 0: none is asked for", ge=0, le=3600),
    ] = 0
    session_hours: Annotated[
        int, Meta(description="hours after which a person signs in again", ge=1, le=168)
    ] = 12
    session_idle_minutes: Annotated[
        int, Meta(description="minutes without a sign of life that end a person's session", ge=5, le=1440)
    ] = 60
    invitation_hours: Annotated[
        int, Meta(description="hours for which an invitation is good", ge=1, le=720)
    ] = 168
    body_limit_bytes: Annotated[int, Meta(description="largest JSON body", ge=1024)] = 1_000_000
    bulk_limit_bytes: Annotated[int, Meta(description="largest NDJSON body", ge=1024)] = 32_000_000
    bulk_limit_lines: Annotated[int, Meta(description="most lines of an NDJSON body", ge=1)] = 10_000
    header_limit_bytes: Annotated[int, Meta(description="largest head of a request", ge=4096)] = 65_536
    request_seconds: Annotated[
        float, Meta(description="seconds after which a request is refused and never committed", gt=0, le=600)
    ] = 30.0
    requests_per_s: Annotated[
        int, Meta(description="requests a second of one client; 0: no limit", ge=0, le=1_000_000)
    ] = 100
    bulk_lines_per_s: Annotated[
        int, Meta(description="NDJSON lines a second of one client; 0: no limit", ge=0, le=10_000_000)
    ] = 10_000
    token_requests_per_minute: Annotated[
        int, Meta(description="token requests a minute of one address; 0: no limit", ge=0, le=1_000_000)
    ] = 300
    oidc_issuer: Annotated[
        str,
        Meta(
            description="issuer of an OpenID provider where people sign in instead; empty: with us",
            pattern=r"^(https?://[^\s?#]+)?$",
        ),
    ] = ""
    oidc_client_id: Annotated[str, Meta(description="what that provider knows us by")] = ""
    oidc_client_secret: Annotated[str, Meta(description="our secret there (client_secret_basic)")] = ""
    oidc_allow_private: Annotated[
        bool, Meta(description="that provider is at a private address of your network")
    ] = False
    smtp_url: Annotated[
        str,
        Meta(
            description="mail server, `smtp://` or `smtps://` with user and password; empty: no mails",
            pattern=r"^(smtps?://\S+)?$",
        ),
    ] = ""
    mail_from: Annotated[str, Meta(description="sender of mails")] = "touchstone@localhost"
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(description="networks of your proxies, whose `X-Forwarded-For` tells the caller's address"),
    ] = ()
    idempotency_hours: Annotated[
        int, Meta(description="hours an answer is kept under its `Idempotency-Key`", ge=24, le=720)
    ] = 24
    threads: Annotated[
        int, Meta(description="handler threads; the database pool has as many connections", ge=2, le=200)
    ] = 16
    flag_days: Annotated[int, Meta(description="days a flag lives without new evidence", ge=1)] = 365
    false_titles_per_1000: Annotated[
        float,
        Meta(
            description="ordinary titles of 1,000 that misspellings may have reviewed in vain", ge=0.5, le=10
        ),
    ] = 2.0
    disguised_share: Annotated[
        float, Meta(description="the share of titles taken to be disguised", ge=0.0001, le=0.5)
    ] = 0.05
    attempt_days: Annotated[int, Meta(description="days an attempt of a delivery is kept", ge=1)] = 30
    job_days: Annotated[int, Meta(description="days a finished job and its answers are kept", ge=1)] = 30
    listing_days: Annotated[
        int,
        Meta(
            description="days a listing is kept after its last change or deletion, and a deleted seller", ge=1
        ),
    ] = 730
    case_days: Annotated[
        int, Meta(description="days a closed case is kept, with its notice and its listing", ge=1)
    ] = 2555
    audit_days: Annotated[int, Meta(description="days a row of the audit log is kept", ge=1)] = 2555
    log_level: Annotated[str, Meta(description="least severe level that is logged")] = "info"

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite+pysqlite:///{Path(self.data_dir).resolve() / 'touchstone.db'}"

    @property
    def keys_path(self) -> Path:
        return Path(self.keys_dir) if self.keys_dir else Path(self.data_dir) / "keys"


def settings_from_environment() -> Settings:
    """Read the settings of this process; the doors call it once.

    Raises:
        SettingsError: see `read_settings`.
    """
    return read_settings(os.environ)


def environment_with(given: Mapping[str, str]) -> dict[str, str]:
    """The environment for another process of ours: this one's, with these settings and no others.

    `given` names the fields of `Settings` in any case ("port"), with the text of their variables.
    """
    rest = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return rest | {PREFIX + name.upper(): value for name, value in given.items()}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from an environment.

    Lists are comma-separated, booleans are `true` or `false`. Without `BASE_URL` it follows `PORT`.

    Raises:
        SettingsError: a variable with our prefix is unknown or cannot be read.
    """
    given: dict[str, object] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    given.setdefault("base_url", f"http://localhost:{given.get('port', 8000)}")
    for name in _LISTS & given.keys():
        given[name] = [part.strip() for part in str(given[name]).split(",") if part.strip()]
    settings = _convert(given)
    _check_networks(settings.trusted_proxies)
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        raise SettingsError(
            f"{PREFIX}OIDC_ISSUER needs {PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET"
        )
    return settings


def _check_networks(networks: tuple[str, ...]) -> None:
    try:
        for network in networks:
            ip_network(network)
    except ValueError:
        raise SettingsError(f"{PREFIX}TRUSTED_PROXIES names something that is no network") from None


def _convert(given: Mapping[str, object]) -> Settings:
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"a setting {PREFIX}… cannot be read: {error}") from None
