from . import test_archive
from . import test_call
from . import test_followup
from . import test_letter
from . import test_tours
from . import test_vehicle
from . import test_visit
