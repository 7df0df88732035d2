"""Make calls fit for one draft a follow-up, and outcomes for those who call in."""

# Outcomes that the module came with, for calls to customers only.
OUTBOUND = ("reached", "no_answer", "busy", "call_back", "wrong_number")


def migrate(cr, version):
    """Keep the latest draft of each follow-up; the others stand for themselves."""
    cr.execute(
        """UPDATE aftersales_call call SET followup_id = NULL, visit_id = NULL
            WHERE state = 'draft' AND EXISTS (
                SELECT FROM aftersales_call later
                 WHERE later.followup_id = call.followup_id
                   AND later.state = 'draft' AND later.id > call.id)"""
    )
    cr.execute(
        "ALTER TABLE aftersales_call_outcome ADD COLUMN IF NOT EXISTS direction varchar"
    )
    cr.execute(
        """UPDATE aftersales_call_outcome SET direction = 'outbound'
            WHERE code = ANY(%s)""",
        [list(OUTBOUND)],
    )
