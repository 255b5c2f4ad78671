"""Which cases the documents of a page speak of is found by the documents, however many there are."""

from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('document_case', schema=None) as batch_op:
        batch_op.create_index('document_case_by_document', ['document_seq'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('document_case', schema=None) as batch_op:
        batch_op.drop_index('document_case_by_document')
