"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC, JSONDocument, Thousandths

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "version", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "feeds",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feeds")),
    )
    op.create_table(
        "flags",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("score_in_bands", sa.Float(), nullable=False),
        sa.Column("reasons", JSONDocument, nullable=False),
        sa.Column("reasons_in_bands", JSONDocument, nullable=False),
        sa.Column("seizures", sa.Integer(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("administrations", JSONDocument, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("raised_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("expires_at", UTC(), nullable=False),
        sa.Column("lifted_at", UTC(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("seen_revision", sa.Integer(), nullable=False),
        sa.Column("seen_at", UTC(), nullable=False),
        sa.Column("seen_position", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("level in ('low', 'medium', 'high')", name=op.f("ck_flags_level")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_flags_pseudonym")),
    )
    op.create_index(
        "ix_flags_expires_at",
        "flags",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("lifted_at is null"),
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_index("ix_flags_position", "flags", ["position"], unique=False)
    op.create_index("ix_flags_seen_position", "flags", ["seen_position"], unique=False)
    op.create_index(
        "ix_flags_unplaced",
        "flags",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position is null"),
        postgresql_where=sa.text("position is null"),
    )
    op.create_index(
        "ix_flags_unplaced_as_seen",
        "flags",
        ["id"],
        unique=False,
        sqlite_where=sa.text("seen_position is null"),
        postgresql_where=sa.text("seen_position is null"),
    )
    op.create_table(
        "master_checks",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_master_checks")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("suspended_at", UTC(), nullable=True),
        sa.CheckConstraint(
            "kind in ('marketplace', 'rights_holder', 'customs', 'operator')",
            name=op.f("ck_organizations_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("token_id", sa.String(length=60), nullable=False),
        sa.Column("expires_at", UTC(), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_revoked_tokens")),
    )
    op.create_index("ix_revoked_tokens_expires_at", "revoked_tokens", ["expires_at"], unique=False)
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("public_jwk", JSONDocument, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_index("ux_signing_keys_current", "signing_keys", ["state"], unique=True)
    op.create_table(
        "spent_assertions",
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("jti_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UTC(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "jti_sha256", name=op.f("pk_spent_assertions")),
    )
    op.create_index("ix_spent_assertions_expires_at", "spent_assertions", ["expires_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("detail", JSONDocument, nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("chain", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_audit_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_organization", "audit", ["organization_id", "id"], unique=False)
    op.create_table(
        "clients",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", JSONDocument, nullable=False),
        sa.Column("auth_method", sa.String(length=30), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("suspended_at", UTC(), nullable=True),
        sa.CheckConstraint(
            "auth_method in ('client_secret_basic', 'private_key_jwt')", name=op.f("ck_clients_auth_method")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_clients_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_index(op.f("ix_clients_organization_id"), "clients", ["organization_id"], unique=False)
    op.create_table(
        "endpoints",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_types", JSONDocument, nullable=False),
        sa.Column("labels", JSONDocument, nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("rate_per_s", sa.Float(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("disabled_reason", sa.String(length=200), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("verified_at", UTC(), nullable=True),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'enabled', 'paused', 'disabled')", name=op.f("ck_endpoints_status")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_endpoints_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
    )
    op.create_index(op.f("ix_endpoints_organization_id"), "endpoints", ["organization_id"], unique=False)
    op.create_table(
        "event_subjects",
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_event_subjects_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "subject", name=op.f("pk_event_subjects")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("occurred_at", UTC(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_events_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_feed", "events", ["organization_id", "position"], unique=False)
    op.create_index(
        "ix_events_unplaced",
        "events",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position is null"),
        postgresql_where=sa.text("position is null"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("document", JSONDocument, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("due_at", UTC(), nullable=False),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("finished_at", UTC(), nullable=True),
        sa.CheckConstraint("state in ('due', 'done', 'failed')", name=op.f("ck_jobs_state")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_jobs_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_table(
        "seizures",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=400), nullable=False),
        sa.Column("seizure_case_reference", sa.String(length=400), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seized_on", sa.Date(), nullable=False),
        sa.Column("administration", sa.String(length=2), nullable=False),
        sa.Column("document", JSONDocument, nullable=False),
        sa.Column("persons", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_seizures_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seizures")),
    )
    op.create_index(
        "ix_seizures_case", "seizures", ["organization_id", "seizure_case_reference"], unique=False
    )
    op.create_index("ux_seizures_reference", "seizures", ["organization_id", "reference"], unique=True)
    op.create_table(
        "sellers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=400), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("party", sa.LargeBinary(), nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.Column("traced_at", UTC(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_sellers_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sellers")),
    )
    op.create_index("ix_sellers_pseudonym", "sellers", ["pseudonym"], unique=False)
    op.create_index(
        "ix_sellers_untraced",
        "sellers",
        ["id"],
        unique=False,
        sqlite_where=sa.text("traced_at is null"),
        postgresql_where=sa.text("traced_at is null"),
    )
    op.create_index("ux_sellers_reference", "sellers", ["organization_id", "reference"], unique=True)
    op.create_table(
        "trademarks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=400), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("office", sa.String(length=2), nullable=False),
        sa.Column("registration_number", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("territories", JSONDocument, nullable=False),
        sa.Column("nice_classes", JSONDocument, nullable=False),
        sa.Column("spellings", JSONDocument, nullable=False),
        sa.Column("products", JSONDocument, nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_trademarks_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trademarks")),
    )
    op.create_index("ix_trademarks_organization", "trademarks", ["organization_id", "id"], unique=False)
    op.create_index("ix_trademarks_position", "trademarks", ["position"], unique=False)
    op.create_index(
        "ix_trademarks_unplaced",
        "trademarks",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position is null"),
        postgresql_where=sa.text("position is null"),
    )
    op.create_index("ux_trademarks_reference", "trademarks", ["organization_id", "reference"], unique=True)
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=True),
        sa.Column("jwk", JSONDocument, nullable=True),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("expires_at", UTC(), nullable=True),
        sa.CheckConstraint("kind in ('secret', 'key')", name=op.f("ck_credentials_kind")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_credentials_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
    )
    op.create_index(op.f("ix_credentials_client_id"), "credentials", ["client_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", UTC(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(length=10), nullable=False),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("finished_at", UTC(), nullable=True),
        sa.CheckConstraint(
            "state in ('due', 'ok', 'exhausted', 'cancelled', 'held')", name=op.f("ck_deliveries_state")
        ),
        sa.CheckConstraint("trigger in ('auto', 'manual')", name=op.f("ck_deliveries_trigger")),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name=op.f("fk_deliveries_endpoint_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_deliveries_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["endpoint_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["endpoint_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("lease_token is not null"),
        postgresql_where=sa.text("lease_token is not null"),
    )
    op.create_index("ix_deliveries_organization", "deliveries", ["organization_id", "id"], unique=False)
    op.create_index(
        "ux_deliveries_pair",
        "deliveries",
        ["event_id", "endpoint_id"],
        unique=True,
        sqlite_where=sa.text("trigger = 'auto'"),
        postgresql_where=sa.text("trigger = 'auto'"),
    )
    op.create_table(
        "endpoint_secrets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("expires_at", UTC(), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["endpoints.id"],
            name=op.f("fk_endpoint_secrets_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint_secrets")),
    )
    op.create_index(
        op.f("ix_endpoint_secrets_endpoint_id"), "endpoint_secrets", ["endpoint_id"], unique=False
    )
    op.create_table(
        "links",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("seizure_id", sa.String(length=40), nullable=False),
        sa.Column("seller_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", JSONDocument, nullable=False),
        sa.Column("comparisons", JSONDocument, nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seizure_id"], ["seizures.id"], name=op.f("fk_links_seizure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_links_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_index("ix_links_seller_id", "links", ["seller_id"], unique=False)
    op.create_index("ux_links_pair", "links", ["seizure_id", "seller_id", "role"], unique=True)
    op.create_table(
        "listings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=400), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.String(length=40), nullable=True),
        sa.Column("document", JSONDocument, nullable=False),
        sa.Column("screening_id", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("deleted_at", UTC(), nullable=True),
        sa.CheckConstraint("verdict in ('clear', 'review', 'alert')", name=op.f("ck_listings_verdict")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_listings_organization_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_listings_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
    )
    op.create_index("ix_listings_organization", "listings", ["organization_id", "id"], unique=False)
    op.create_index(op.f("ix_listings_seller_id"), "listings", ["seller_id"], unique=False)
    op.create_index("ix_listings_verdict", "listings", ["organization_id", "verdict", "id"], unique=False)
    op.create_index("ux_listings_reference", "listings", ["organization_id", "reference"], unique=True)
    op.create_table(
        "seizure_items",
        sa.Column("seizure_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("commodity", sa.String(length=40), nullable=False),
        sa.Column("hs_code", sa.String(length=10), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("brand", sa.String(length=400), nullable=True),
        sa.Column("right", sa.String(length=20), nullable=True),
        sa.Column("quantity", Thousandths(), nullable=True),
        sa.Column("unit", sa.String(length=10), nullable=True),
        sa.Column("value_amount", Thousandths(), nullable=True),
        sa.Column("value_currency", sa.String(length=3), nullable=True),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("serials", JSONDocument, nullable=False),
        sa.Column("origin", sa.String(length=2), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("seized_on", sa.Date(), nullable=False),
        sa.CheckConstraint("unit in ('pieces', 'kg', 'l', 'doses')", name=op.f("ck_seizure_items_unit")),
        sa.ForeignKeyConstraint(
            ["seizure_id"], ["seizures.id"], name=op.f("fk_seizure_items_seizure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seizure_id", "number", name=op.f("pk_seizure_items")),
    )
    op.create_index(
        "ix_seizure_items_kind", "seizure_items", ["commodity", "origin", "seized_on"], unique=False
    )
    op.create_table(
        "seizure_keys",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seizure_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["seizure_id"], ["seizures.id"], name=op.f("fk_seizure_keys_seizure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "seizure_id", "role", name=op.f("pk_seizure_keys")),
    )
    op.create_index("ix_seizure_keys_seizure_id", "seizure_keys", ["seizure_id"], unique=False)
    op.create_table(
        "seller_keys",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seller_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_seller_keys_seller_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "seller_id", name=op.f("pk_seller_keys")),
    )
    op.create_index("ix_seller_keys_seller_id", "seller_keys", ["seller_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTC(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("peer", sa.String(length=60), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("trigger", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_attempts_delivery_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_attempts_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_delivery_id"), "attempts", ["delivery_id"], unique=False)
    op.create_table(
        "matches",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("trademark_id", sa.String(length=40), nullable=False),
        sa.Column("marketplace_id", sa.String(length=40), nullable=False),
        sa.Column("rights_holder_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("use", sa.String(length=20), nullable=False),
        sa.Column("evasions", JSONDocument, nullable=False),
        sa.Column("found", JSONDocument, nullable=False),
        sa.Column("also_found", JSONDocument, nullable=False),
        sa.Column("reasons", JSONDocument, nullable=False),
        sa.Column("comparisons", JSONDocument, nullable=False),
        sa.Column("judgement_revision", sa.Integer(), nullable=False),
        sa.Column("judgement", sa.String(length=10), nullable=True),
        sa.Column("judgement_reason", sa.Text(), nullable=True),
        sa.Column("judged_by", sa.String(length=40), nullable=True),
        sa.Column("judged_at", UTC(), nullable=True),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("updated_at", UTC(), nullable=False),
        sa.Column("withdrawn_at", UTC(), nullable=True),
        sa.CheckConstraint(
            "judgement in ('confirmed', 'rejected', 'unsure')", name=op.f("ck_matches_judgement")
        ),
        sa.CheckConstraint("verdict in ('clear', 'review', 'alert')", name=op.f("ck_matches_verdict")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_matches_listing_id")),
        sa.ForeignKeyConstraint(
            ["marketplace_id"], ["organizations.id"], name=op.f("fk_matches_marketplace_id")
        ),
        sa.ForeignKeyConstraint(
            ["rights_holder_id"], ["organizations.id"], name=op.f("fk_matches_rights_holder_id")
        ),
        sa.ForeignKeyConstraint(["trademark_id"], ["trademarks.id"], name=op.f("fk_matches_trademark_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
    )
    op.create_index("ix_matches_marketplace", "matches", ["marketplace_id", "id"], unique=False)
    op.create_index("ix_matches_rights_holder", "matches", ["rights_holder_id", "id"], unique=False)
    op.create_index("ix_matches_trademark_id", "matches", ["trademark_id"], unique=False)
    op.create_index("ux_matches_pair", "matches", ["listing_id", "trademark_id"], unique=True)
    op.create_table(
        "screenings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("listing_revision", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("document", JSONDocument, nullable=False),
        sa.Column("policy_version", sa.String(length=60), nullable=False),
        sa.Column("registry_version", sa.BigInteger(), nullable=False),
        sa.Column("screened_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_screenings_listing_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_screenings_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
    )
    op.create_index("ix_screenings_listing_id", "screenings", ["listing_id", "id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("match_id", sa.String(length=40), nullable=False),
        sa.Column("rights_holder_id", sa.String(length=40), nullable=False),
        sa.Column("marketplace_id", sa.String(length=40), nullable=False),
        sa.Column("document", JSONDocument, nullable=False),
        sa.Column("filed_by", sa.String(length=40), nullable=False),
        sa.Column("filed_at", UTC(), nullable=False),
        sa.Column("withdrawn_at", UTC(), nullable=True),
        sa.ForeignKeyConstraint(
            ["marketplace_id"], ["organizations.id"], name=op.f("fk_notices_marketplace_id")
        ),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_notices_match_id")),
        sa.ForeignKeyConstraint(
            ["rights_holder_id"], ["organizations.id"], name=op.f("fk_notices_rights_holder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_marketplace", "notices", ["marketplace_id", "id"], unique=False)
    op.create_index("ix_notices_match", "notices", ["match_id"], unique=False)
    op.create_index("ix_notices_rights_holder", "notices", ["rights_holder_id", "id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("match_id", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("trademark_id", sa.String(length=40), nullable=False),
        sa.Column("rights_holder_id", sa.String(length=40), nullable=False),
        sa.Column("marketplace_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=True),
        sa.Column("grounds", sa.String(length=40), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UTC(), nullable=True),
        sa.Column("opened_at", UTC(), nullable=False),
        sa.Column("closed_at", UTC(), nullable=True),
        sa.CheckConstraint("decision in ('removed', 'restricted', 'kept')", name=op.f("ck_cases_decision")),
        sa.CheckConstraint(
            "state in ('open', 'decided', 'complained', 'closed')", name=op.f("ck_cases_state")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_cases_listing_id")),
        sa.ForeignKeyConstraint(
            ["marketplace_id"], ["organizations.id"], name=op.f("fk_cases_marketplace_id")
        ),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_cases_match_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_cases_notice_id")),
        sa.ForeignKeyConstraint(
            ["rights_holder_id"], ["organizations.id"], name=op.f("fk_cases_rights_holder_id")
        ),
        sa.ForeignKeyConstraint(["trademark_id"], ["trademarks.id"], name=op.f("fk_cases_trademark_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_cases_notice_id")),
    )
    op.create_index(op.f("ix_cases_listing_id"), "cases", ["listing_id"], unique=False)
    op.create_index("ix_cases_marketplace", "cases", ["marketplace_id", "id"], unique=False)
    op.create_index(op.f("ix_cases_match_id"), "cases", ["match_id"], unique=False)
    op.create_index("ix_cases_rights_holder", "cases", ["rights_holder_id", "id"], unique=False)
