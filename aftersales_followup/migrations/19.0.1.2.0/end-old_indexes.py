"""Drop the indexes that others stand for now: Odoo keeps what it once made."""

OLD = (
    "aftersales_followup__partner_id_index",
    "aftersales_followup_done_on",
    "aftersales_visit__partner_id_index",
)


def migrate(cr, version):
    for name in OLD:
        cr.execute(f'DROP INDEX IF EXISTS "{name}"')
