from . import columns, limits, order, reader, values, workbook
