"""The first tables."""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agency',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('is_local', sa.Boolean(), nullable=False),
    sa.Column('endpoint', sa.String(), nullable=True),
    sa.Column('is_pulled', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('pinned_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('agency_id')
    )
    op.create_table('assertion',
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('jti', sa.String(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('client_id', 'jti')
    )
    with op.batch_alter_table('assertion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assertion_expires_at'), ['expires_at'], unique=False)

    op.create_table('case',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('side', sa.String(), nullable=False),
    sa.Column('destination', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('return_due', sa.Date(), nullable=True),
    sa.Column('return_due_told_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('agency_id', 'case_uid')
    )
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.create_index('case_by_opening', ['agency_id', 'opened_at', 'case_uid'], unique=False)

    op.create_table('client',
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('roles', sa.String(), nullable=False),
    sa.Column('scopes', sa.String(), nullable=False),
    sa.Column('secret_hash', sa.String(), nullable=True),
    sa.Column('jwks', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('bound', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('client_id')
    )
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_client_agency_id'), ['agency_id'], unique=False)

    op.create_table('descriptor',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('bound', sa.String(), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'sequence')
    )
    op.create_table('document',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('peer', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('is_sent', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('envelope_sha256', sa.String(), nullable=False),
    sa.Column('signed_sha256', sa.String(), nullable=False),
    sa.Column('supersedes', sa.String(), nullable=True),
    sa.Column('reply_to', sa.String(), nullable=True),
    sa.Column('form', sa.Integer(), nullable=False),
    sa.Column('feed_on', sa.Date(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('body_key', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('agency_id', 'peer', 'document_id', 'is_sent')
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index('document_by_arrival', ['agency_id', 'is_sent', 'seq'], unique=False)
        batch_op.create_index('document_by_correction', ['agency_id', 'supersedes'], unique=False)
        batch_op.create_index('document_by_feed', ['agency_id', 'form', 'feed_on', 'document_id'], unique=False)
        batch_op.create_index('document_one_correction', ['agency_id', 'supersedes', 'peer'], unique=True, sqlite_where=sa.text('is_sent'), postgresql_where=sa.text('is_sent'))
        batch_op.create_index(batch_op.f('ix_document_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_reply_to'), ['reply_to'], unique=False)

    op.create_table('document_case',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('document_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'case_uid', 'document_seq')
    )
    op.create_table('draft',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('form', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('body_key', sa.LargeBinary(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'case_uid', 'form')
    )
    op.create_table('idempotency',
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('client_id', 'key')
    )
    with op.batch_alter_table('idempotency', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_created_at'), ['created_at'], unique=False)

    op.create_table('log',
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('document_id', sa.String(), nullable=True),
    sa.Column('case_uid', sa.String(), nullable=True),
    sa.Column('entry', sa.LargeBinary(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('seq')
    )
    with op.batch_alter_table('log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_log_case_uid'), ['case_uid'], unique=False)
        batch_op.create_index(batch_op.f('ix_log_document_id'), ['document_id'], unique=False)

    log_head = op.create_table('log_head',
    sa.Column('one', sa.Integer(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('peaks', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('one')
    )
    op.bulk_insert(log_head, [{'one': 1, 'size': 0, 'peaks': b''}])  # the head of the empty log, there to be taken
    op.create_table('outbox',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('peer', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('agency_id', 'peer', 'document_id', 'what')
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_agency_id'), ['agency_id'], unique=False)
        batch_op.create_index('outbox_by_due', ['state', 'due_at'], unique=False)
        batch_op.create_index('outbox_by_mailbox', ['peer', 'state', 'seq'], unique=False)

    op.create_table('receipt',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('peer', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('is_issued', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'peer', 'document_id', 'is_issued', 'status')
    )


def downgrade() -> None:
    op.drop_table('receipt')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('outbox_by_mailbox')
        batch_op.drop_index('outbox_by_due')
        batch_op.drop_index(batch_op.f('ix_outbox_agency_id'))

    op.drop_table('outbox')
    op.drop_table('log_head')
    with op.batch_alter_table('log', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_log_document_id'))
        batch_op.drop_index(batch_op.f('ix_log_case_uid'))

    op.drop_table('log')
    with op.batch_alter_table('idempotency', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotency_created_at'))

    op.drop_table('idempotency')
    op.drop_table('draft')
    op.drop_table('document_case')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_reply_to'))
        batch_op.drop_index(batch_op.f('ix_document_document_id'))
        batch_op.drop_index('document_one_correction', sqlite_where=sa.text('is_sent'), postgresql_where=sa.text('is_sent'))
        batch_op.drop_index('document_by_feed')
        batch_op.drop_index('document_by_correction')
        batch_op.drop_index('document_by_arrival')

    op.drop_table('document')
    op.drop_table('descriptor')
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_client_agency_id'))

    op.drop_table('client')
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.drop_index('case_by_opening')

    op.drop_table('case')
    with op.batch_alter_table('assertion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assertion_expires_at'))

    op.drop_table('assertion')
    op.drop_table('agency')
