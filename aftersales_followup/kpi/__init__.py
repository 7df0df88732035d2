"""The figures of the house: each declared once, counted in one statement a source.

Plain Python: nothing here is a model. ``formulas.py`` is the catalogue to read.
"""
