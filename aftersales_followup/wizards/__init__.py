from . import aftersales_call_correct
from . import aftersales_followup_cancel
from . import aftersales_letter_correct
from . import aftersales_partner_hand_over
from . import aftersales_visit_import_archive
from . import aftersales_visit_import
from . import aftersales_visit_import_head
from . import aftersales_visit_import_order
