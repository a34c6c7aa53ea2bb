"""Bare sellers: of whom only a reference is known, because a listing named it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, update

from matching.model import Party
from partners.db import upsert
from partners.ids import new_id
from partners.keyring import Keyring
from partners.records.parties import account_keys, seal_party, written_keys
from partners.records.sellers import (
    Seller,
    account_names,
    find_by_reference,
    first_pseudonym,
    replace_keys,
    seal_context,
    sellers,
)


def ensure_sellers(
    connection: Connection, keyring: Keyring, organization_id: str, references: Collection[str], now: datetime
) -> dict[str, str]:
    """Reference -> seller id; unknown references become sellers of whom nothing else is known yet.

    So do deleted ones: what was known of them comes back to nobody.
    """
    wanted = sorted(set(references))
    known = find_by_reference(connection, organization_id, wanted)
    missing = [reference for reference in wanted if reference not in known]
    if missing:
        _add_bare(connection, keyring, organization_id, missing, now)
        known |= find_by_reference(connection, organization_id, missing)
    if gone := [seller for seller in known.values() if seller.deleted_at]:
        _bring_back_bare(connection, keyring, organization_id, gone, now)
    return {reference: seller.id for reference, seller in known.items()}


def _add_bare(
    connection: Connection, keyring: Keyring, organization_id: str, references: list[str], now: datetime
) -> None:
    bare = {reference: _bare_seller(keyring, organization_id, reference, now) for reference in references}
    rows = [msgspec.structs.asdict(seller) for seller in bare.values()]
    upsert(connection, sellers, rows, ["organization_id", "reference"])
    # Another process may have been faster: then its seller stands, and has its keys already.
    kept = find_by_reference(connection, organization_id, references)
    names = account_names(connection, organization_id)
    replace_keys(
        connection,
        {
            seller.id: written_keys(keyring, account_keys(names, reference))
            for reference, seller in bare.items()
            if kept[reference].id == seller.id
        },
    )


def _bring_back_bare(
    connection: Connection, keyring: Keyring, organization_id: str, gone: Iterable[Seller], now: datetime
) -> None:
    names, count = account_names(connection, organization_id), {"revision": sellers.c.revision + 1}
    for seller in gone:
        party = seal_party(keyring, Party(), seal_context(seller.id))
        bare = {"party": party, "country": None, "deleted_at": None, "traced_at": None, "updated_at": now}
        # another process may have enrolled it anew meanwhile: then it is no longer deleted, and stays
        mine = (sellers.c.id == seller.id) & sellers.c.deleted_at.is_not(None)
        if connection.execute(update(sellers).where(mine).values(bare | count)).rowcount:
            keys = written_keys(keyring, account_keys(names, seller.reference))
            replace_keys(connection, {seller.id: keys})


def _bare_seller(keyring: Keyring, organization_id: str, reference: str, now: datetime) -> Seller:
    seller_id = new_id("slr")
    return Seller(
        id=seller_id,
        organization_id=organization_id,
        reference=reference,
        revision=1,
        party=seal_party(keyring, Party(), seal_context(seller_id)),
        pseudonym=first_pseudonym(keyring, seller_id, 1),
        created_at=now,
        updated_at=now,
    )
