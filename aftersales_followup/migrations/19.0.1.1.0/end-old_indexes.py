"""Drop the indexes that others stand for now: Odoo keeps what it once made."""

OLD = (
    "aftersales_archive__partner_id_index",
    "aftersales_call__number_index",
    "aftersales_call__partner_id_index",
    "aftersales_followup__company_id_index",
    "aftersales_letter__number_index",
    "aftersales_visit__company_id_index",
)


def migrate(cr, version):
    for name in OLD:
        cr.execute(f'DROP INDEX IF EXISTS "{name}"')
