"""`/v1/clients`: an organization's programs, and what they prove themselves with (RFC 7592 in spirit)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from api.etags import etag
from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from partners.admitting import (
    ClientChange,
    NewKey,
    Published,
    WayIn,
    add_key,
    alter_client,
    make_credential,
    remove_credential,
    rotate_secret,
    way_in,
)
from partners.client_secrets import hash_secret, make_secret
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.published_keys import read_published
from partners.records.clients import Client, Credential, CredentialKind, CredentialSource
from partners.records.credentials import get_client, list_clients_of, list_own_live

Overlap = Annotated[int, Meta(ge=0, le=720, description="hours for which those before it are good beside it")]


class ClientOut(Struct, frozen=True, kw_only=True):
    """A program that may ask for tokens; the names are those of RFC 7591 where it has one."""

    id: str
    name: str
    scopes: list[str]
    token_endpoint_auth_method: WayIn
    dpop_bound_access_tokens: bool
    jwks_uri: str | None
    jwks_read_at: datetime | None
    redirect_uris: Annotated[list[str], Meta(description="where people who sign in come back to, exactly")]
    created_at: datetime
    suspended_at: datetime | None
    revision: int


class ClientPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different; a null `jwks_uri` ends the publishing."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")] | UnsetType = (
        UNSET
    )
    token_endpoint_auth_method: WayIn | UnsetType = UNSET
    dpop_bound_access_tokens: bool | UnsetType = UNSET
    jwks_uri: (
        Annotated[str, Meta(min_length=1, max_length=2048, description="https, at a public address")]
        | UnsetType
        | None
    ) = UNSET


class KeyIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key to add (RFC 7517): EC P-256, Ed25519, or RSA of 2048 bits or more."""

    jwk: Annotated[dict[str, Any], Meta(max_length=20)]
    expires_at: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    overlap_hours: Overlap | UnsetType = UNSET


class KeyOut(Struct, frozen=True, kw_only=True):
    """A live credential: a public key, or a secret of which only this is told."""

    id: str
    kind: CredentialKind
    kid: str | None
    jwk: dict[str, Any] | None
    source: CredentialSource
    created_at: datetime
    expires_at: datetime | None


class SecretRotationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to rotate."""

    overlap_hours: Overlap = 24


class ClientSecretOut(Struct, frozen=True, kw_only=True):
    """The new secret, shown this once, and until when the one before it is good."""

    id: str
    client_secret: str
    previous_expires_at: datetime


class ClientController(Controller):
    path = "/v1/clients"
    tags = ("access",)

    @get(operation_id="list_clients", summary="List clients", sync_to_thread=True)
    def index(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], paging: NamedDependency[Paging]
    ) -> Response[Page[ClientOut]]:
        """List the programs of your organization in the order of their making."""
        with house.database.reading(claims) as (connection, principal):
            found = list_clients_of(connection, principal, after=paging.after, limit=paging.limit)
        return paging.answer([_out(one) for one in found], [one.id for one in found])

    @get("/{key:str}", operation_id="get_client", summary="Read a client", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[ClientOut]:
        """Read one program; its `ETag` is what a change asks for."""
        with house.database.reading(claims) as (connection, principal):
            found = get_client(connection, principal, key)
        return Response(_out(found), headers={"ETag": etag(found.revision)})

    @patch("/{key:str}", operation_id="change_client", summary="Change a client", sync_to_thread=True)
    def change(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[ClientPatch],
    ) -> Response[ClientOut]:
        """Change how a program proves itself, by a merge patch with `If-Match`.

        With `jwks_uri` its keys are those published there, read now and again as needed. To send the
        secret in the form, too, choose `client_secret_post`. Customs stay with a key and bound tokens.
        """
        change, now = _read_change(house, claims, key, data), house.clock()
        changed = house.database.writing(
            claims, lambda connection, who: alter_client(connection, who, key, change, conditions, now)
        )
        return Response(_out(changed), headers={"ETag": etag(changed.revision)})

    @get("/{key:str}/keys", operation_id="list_client_keys", summary="List credentials", sync_to_thread=True)
    def keys(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Page[KeyOut]:
        """List what a program can prove itself by now: its public keys, and its secrets by their ids."""
        with house.database.reading(claims) as (connection, principal):
            client = get_client(connection, principal, key)
            live = list_own_live(connection, principal, client.id, house.clock())
        return Page(items=[_out_key(each) for each in live])

    @post("/{key:str}/keys", operation_id="add_client_key", summary="Add a key", sync_to_thread=True)
    def add(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[KeyIn],
    ) -> Response[KeyOut]:
        """Add a public key. Two may be live at a time; with `overlap_hours` the one before it ends then."""
        new = NewKey(
            jwk=data.jwk,
            expires_at=None if data.expires_at is UNSET else data.expires_at,
            overlap=None if data.overlap_hours is UNSET else timedelta(hours=data.overlap_hours),
        )

        def run() -> KeyOut:
            now = house.clock()
            return _out_key(
                house.database.writing(
                    claims, lambda connection, who: add_key(connection, who, key, new, now)
                )
            )

        return once.answer(run)

    @delete(
        "/{key:str}/keys/{kid:str}",
        operation_id="delete_client_key",
        summary="Delete a credential",
        sync_to_thread=True,
    )
    def remove(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        key: FromPath[str],
        kid: FromPath[str],
    ) -> None:
        """Delete a key by its kid, or any credential by its id, at once; never the last one."""
        now = house.clock()
        house.database.writing(
            claims, lambda connection, who: remove_credential(connection, who, key, kid, now)
        )

    @post(
        "/{key:str}/secret",
        operation_id="rotate_client_secret",
        summary="Rotate the secret",
        sync_to_thread=True,
    )
    def rotate(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[SecretRotationIn],
    ) -> Response[ClientSecretOut]:
        """Make a new secret, told this once; the one before it is good until the overlap ends."""
        overlap = timedelta(hours=data.overlap_hours)
        return once.answer(lambda: _rotate(house, claims, key, overlap), shows_secret=True)


def _read_change(house: House, claims: Claims, key: str, data: ClientPatch) -> ClientChange:
    """What a patch asks for; a URL is read before anything is held, and only for one's own client."""
    published: Published | UnsetType | None = UNSET
    if data.jwks_uri is None:
        published = None
    elif data.jwks_uri is not UNSET:
        with house.database.reading(claims) as (connection, principal):
            get_client(connection, principal, key)
        published = Published(data.jwks_uri, read_published(house.egress, data.jwks_uri))
    return ClientChange(
        name=data.name,
        way_in=data.token_endpoint_auth_method,
        dpop_bound=data.dpop_bound_access_tokens,
        published=published,
    )


def _rotate(house: House, claims: Claims, key: str, overlap: timedelta) -> ClientSecretOut:
    credential_id, secret = make_secret()
    now = house.clock()
    made = make_credential(credential_id, hash_secret(secret), now)
    house.database.writing(claims, lambda connection, who: rotate_secret(connection, who, key, made, overlap))
    return ClientSecretOut(id=credential_id, client_secret=str(secret), previous_expires_at=now + overlap)


def _out(client: Client) -> ClientOut:
    return ClientOut(
        id=client.id,
        name=client.name,
        scopes=list(client.scopes),
        token_endpoint_auth_method=way_in(client),
        dpop_bound_access_tokens=client.dpop_bound,
        jwks_uri=client.jwks_uri,
        jwks_read_at=client.jwks_read_at,
        redirect_uris=list(client.redirect_uris),
        created_at=client.created_at,
        suspended_at=client.suspended_at,
        revision=client.revision,
    )


def _out_key(credential: Credential) -> KeyOut:
    return KeyOut(
        id=credential.id,
        kind=credential.kind,
        kid=credential.jwk["kid"] if credential.jwk else None,
        jwk=credential.jwk,
        source=credential.source,
        created_at=credential.created_at,
        expires_at=credential.expires_at,
    )
