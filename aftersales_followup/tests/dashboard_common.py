from .common import AftersalesCase


class DashboardCase(AftersalesCase):
    """What the supervisor sees, and what opens when it is clicked."""

    def _get_board(self, user=None):
        env = self.env(user=user or self.supervisor, su=False, context={})
        return env["aftersales.dashboard"]

    def _get_data(self, month=None, user=None, company=None):
        return self._get_board(user).get_data(month, (company or self.company).id)

    def _open(self, opens, month=None):
        """Return the records that a browser finds after a click."""
        board = self._get_board()
        action = board.open_records(opens, month, self.company.id)
        model = board.env[action["res_model"]].with_context(**action["context"])
        return model.search(action["domain"])

    def _by_code(self, pieces):
        return {piece["code"]: piece for piece in pieces}
