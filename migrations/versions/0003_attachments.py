"""Attachments: uploads with their parts, sealed files, and the documents that name them."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('attachment',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('sealed_sha256', sa.String(), nullable=False),
    sa.Column('blob', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('peer', sa.String(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('agency_id', 'sealed_sha256')
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index('attachment_by_due', ['held_at', 'due_at'], unique=False)

    op.create_table('attachment_use',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('sealed_sha256', sa.String(), nullable=False),
    sa.Column('peer', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('is_sent', sa.Boolean(), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('agency_id', 'sealed_sha256', 'peer', 'document_id')
    )
    with op.batch_alter_table('attachment_use', schema=None) as batch_op:
        batch_op.create_index('attachment_use_by_peer', ['peer', 'sealed_sha256'], unique=False)

    op.create_table('upload',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('attachment_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed_sha256', sa.String(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('body_key', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('agency_id', 'attachment_id')
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index('upload_by_time', ['touched_at'], unique=False)

    op.create_table('upload_part',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('attachment_id', sa.String(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('blob', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'attachment_id', 'start')
    )


def downgrade() -> None:
    op.drop_table('upload_part')
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index('upload_by_time')

    op.drop_table('upload')
    with op.batch_alter_table('attachment_use', schema=None) as batch_op:
        batch_op.drop_index('attachment_use_by_peer')

    op.drop_table('attachment_use')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index('attachment_by_due')

    op.drop_table('attachment')
