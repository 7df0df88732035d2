"""What an empty field is called where records are grouped by it.

A pivot that says *None* leaves open of what there is none.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

NO_RULE = _lt("No Rule")
NO_CAMPAIGN = _lt("No Campaign")
NO_CAUSE = _lt("No Cause Yet")
NO_OUTCOME = _lt("No Outcome")
NO_LEVEL = _lt("No Level")
