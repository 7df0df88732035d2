"""Orders of the dealership's own system, read into what is there."""

import base64
import csv
import io

from measuring import grows

LINES = 500
ORDER = {
    "visit_type": "维修",
    "date_arrival": "2025-06-02 09:00",
    "date_delivery": "2025-06-02 17:00",
    "address": "娄底市乐坪大道1号",
    "brand": "别克",
    "model": "君威",
    "category": "轿车",
    "odometer": "12000",
    "service": "常规保养",
    "description": "更换机油机滤",
    "trade": "保养",
    "payer": "客户",
    "amount": "100",
    "cost": "40",
}


def write_file(columns):
    """Return the file of so many orders of new customers."""
    headers = {
        column.name: getattr(column, "headers", None) or column.heads
        for column in columns
    }
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(names.split()[0] for names in headers.values())
    for n in range(LINES):
        order = ORDER | {
            "number": f"Z{n}",
            "customer": f"客户{n}",
            "phone": f"199{n:08}",
            "plate": f"粤B{n:05}",
            "vin": f"LSVAA4187C3{n:06}",
        }
        writer.writerow(order.get(name) for name in headers)
    return base64.b64encode(file.getvalue().encode())


def read_orders(env):
    from odoo.addons.aftersales_followup.dms.columns import COLUMNS

    orders = env["aftersales.visit.import"].create(
        {
            "data_file": write_file(COLUMNS),
            "filename": "orders.csv",
            "tz": "Asia/Shanghai",
        }
    )
    return orders.action_import


ROWS = [
    grows(
        f"import of {LINES} orders, a line",
        read_orders,
        1.2,
        part=LINES,
        rounds=2,
    )
]
