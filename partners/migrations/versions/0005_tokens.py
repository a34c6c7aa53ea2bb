"""Bound tokens, clients that manage themselves, keys that rotate, and the chain of the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from partners.db import UTC

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "spent_proofs",
        sa.Column("thumbprint", sa.String(length=43), nullable=False),
        sa.Column("jti_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UTC(), nullable=False),
        sa.PrimaryKeyConstraint("thumbprint", "jti_sha256", name=op.f("pk_spent_proofs")),
    )
    op.create_index("ix_spent_proofs_expires_at", "spent_proofs", ["expires_at"], unique=False)
    op.create_table(
        "audit_chains",
        sa.Column("organization_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", UTC(), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("first_chain", sa.LargeBinary(), nullable=False),
        sa.Column("first_seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_audit_chains_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_audit_chains")),
    )
    op.create_index("ux_audit_position", "audit", ["organization_id", "position"], unique=True)
    op.create_index(
        "ix_audit_unsealed",
        "audit",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position is null"),
        postgresql_where=sa.text("position is null"),
    )
    for column in (
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("dpop_bound", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("allows_form_secret", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("jwks_uri", sa.String(length=2048), nullable=True),
        sa.Column("jwks_asked_at", UTC(), nullable=True),
        sa.Column("jwks_read_at", UTC(), nullable=True),
    ):
        op.add_column("clients", column)
    op.add_column(
        "credentials", sa.Column("source", sa.String(length=10), nullable=False, server_default="value")
    )
    op.add_column(
        "data_keys", sa.Column("state", sa.String(length=10), nullable=False, server_default="current")
    )
