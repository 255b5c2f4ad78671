"""What stands beside a case: who works on it, what was granted, what is due, what may be the same person."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_grant',
    sa.Column('grant_id', sa.String(), nullable=False),
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=True),
    sa.Column('document_id', sa.String(), nullable=True),
    sa.Column('recipient', sa.String(), nullable=True),
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.String(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('body_key', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('grant_id')
    )
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.create_index('grant_by_case', ['agency_id', 'case_uid', 'client_id'], unique=False)
        batch_op.create_index('grant_by_time', ['agency_id', 'asked_at', 'grant_id'], unique=False)

    op.create_table('assignment',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assigned_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'case_uid', 'client_id')
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index('assignment_by_client', ['agency_id', 'client_id', 'case_uid'], unique=False)

    op.create_table('case_link',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('into_uid', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('linked_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'case_uid')
    )
    with op.batch_alter_table('case_link', schema=None) as batch_op:
        batch_op.create_index('case_link_by_into', ['agency_id', 'into_uid'], unique=False)

    op.create_table('deadline',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('warn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('owners', sa.String(), nullable=False),
    sa.Column('met_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('met_by', sa.String(), nullable=True),
    sa.Column('snoozed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snooze_code', sa.String(), nullable=True),
    sa.Column('barrier', sa.String(), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('agency_id', 'case_uid', 'rule', 'subject')
    )
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.create_index('deadline_by_due', ['agency_id', 'met_at', 'due_at', 'case_uid'], unique=False)

    op.create_table('match_key',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('case_uid', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'key', 'case_uid')
    )
    with op.batch_alter_table('match_key', schema=None) as batch_op:
        batch_op.create_index('match_key_by_case', ['agency_id', 'case_uid'], unique=False)

    op.create_table('snapshot',
    sa.Column('agency_id', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('agency_id', 'year', 'number')
    )
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_watched', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('case_by_return_due', ['agency_id', 'return_due', 'case_uid'], unique=False)
        batch_op.create_index('case_by_watch', ['is_watched', 'agency_id', 'case_uid'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.drop_index('case_by_watch')
        batch_op.drop_index('case_by_return_due')
        batch_op.drop_column('is_watched')

    op.drop_table('snapshot')
    with op.batch_alter_table('match_key', schema=None) as batch_op:
        batch_op.drop_index('match_key_by_case')

    op.drop_table('match_key')
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.drop_index('deadline_by_due')

    op.drop_table('deadline')
    with op.batch_alter_table('case_link', schema=None) as batch_op:
        batch_op.drop_index('case_link_by_into')

    op.drop_table('case_link')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index('assignment_by_client')

    op.drop_table('assignment')
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.drop_index('grant_by_time')
        batch_op.drop_index('grant_by_case')

    op.drop_table('access_grant')
