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
NO_OFFICER = _lt("No Officer")
NO_CAR = _lt("No Car")
NO_DEADLINE = _lt("No Deadline")
