"""What the parts of the past have in common."""


class Part:
    """A part of a ``History``: its diary, its people, its customers."""

    def __init__(self, history):
        self.history = history
        self.env = history.env
        self.company = history.company
        self.today = history.today
        self.at = history.at
        self.ref = history.ref
