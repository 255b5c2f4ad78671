"""Lists that grew with what lay behind them: what nobody opened, cases in a state, cases that moved in a year."""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.create_index('case_by_state', ['agency_id', 'state', 'opened_at', 'case_uid'], unique=False)
        batch_op.create_index('case_by_moving', ['agency_id', 'moved_at'], unique=False)

    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index('document_unopened', ['agency_id', 'is_sent', 'seq'], unique=False, sqlite_where=sa.text('is_sent = 0 AND opened_at IS NULL'), postgresql_where=sa.text('NOT is_sent AND opened_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index('document_unopened')

    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.drop_index('case_by_moving')
        batch_op.drop_index('case_by_state')
