"""Whom several dealerships know stays common to them."""

from odoo.exceptions import UserError
from odoo.fields import Domain


def check_known_here_alone(records, company_id, history):
    """Refuse to give a customer or a car to one company while another has a history.

    The people there could not read any more whom their own records are about.

    :param company_id: as it was written: none, or no id at all, is not ours to judge
    :param history: (model, field) pairs that make up the history
    :raise UserError: naming the customer or car, and nothing of the other company
    """
    if type(company_id) is not int or not company_id:
        return
    env = records.env
    for model, field in history:
        elsewhere = Domain(field, "in", records.ids)
        elsewhere &= Domain("company_id", "not in", [company_id, False])
        model = env[model].sudo().with_context(active_test=False)
        found = model.search(elsewhere, limit=1)
        if found:
            raise UserError(
                env._(
                    "Another company has after-sales records of %(record)s. Leave the "
                    "company empty: then both can work with it.",
                    record=found[field].display_name,
                )
            )
