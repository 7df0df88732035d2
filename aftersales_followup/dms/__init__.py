from . import columns, order, reader, values
