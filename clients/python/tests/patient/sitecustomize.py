"""For programs that are run as they are, the examples: Python reads this at its start where PYTHONPATH names this folder."""

import quotrading_license
from tests.waiting import LIMITS

vars(quotrading_license).update(LIMITS)
