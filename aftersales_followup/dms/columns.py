"""The columns of a DMS export, and the headers by which they are known."""

import re
from collections import namedtuple
from unicodedata import normalize

from odoo.tools.translate import LazyTranslate

from .limits import MAX_CELL, MAX_SHOWN

_lt = LazyTranslate(__name__)

# A text of more characters than ``max_length`` is no name, plate or number.
Column = namedtuple("Column", "name label headers max_length", defaults=[100])

# Headers: the Chinese ones of the common systems (simplified, then traditional), then
# English. How they are written (blanks, brackets, width, case) does not matter.
COLUMNS = [
    Column(
        "number",
        _lt("Order number"),
        "工单号 工单编号 维修单号 委托书号 结算单号 单据号 單號 工單號 "
        "order_number order_no order repair_order ro_number ro_no visit_number",
    ),
    Column(
        "visit_type",
        _lt("Type"),
        "业务类型 工单类型 维修类型 業務類型 type visit_type order_type",
    ),
    Column(
        "date_arrival",
        _lt("Arrival"),
        "进厂时间 进厂日期 进店时间 进店日期 接车时间 开单时间 开单日期 "
        "進廠時間 進廠日期 arrival arrival_date arrival_time date_in",
    ),
    Column(
        "date_delivery",
        _lt("Delivery"),
        "出厂时间 出厂日期 交车时间 交车日期 结算时间 结算日期 出廠時間 出廠日期 "
        "delivery delivery_date delivery_time date_out",
    ),
    Column(
        "customer",
        _lt("Customer"),
        "客户名称 客户姓名 客户 车主 车主姓名 车主名称 客戶名稱 客戶姓名 客戶 車主 "
        "customer customer_name owner",
    ),
    Column(
        "salutation",
        _lt("Salutation"),
        "称呼 称谓 性别 客户性别 稱呼 稱謂 性別 salutation title gender sex",
    ),
    Column(
        "phone",
        _lt("Phone"),
        "联系电话 客户电话 电话 手机 手机号 手机号码 车主电话 "
        "聯絡電話 聯繫電話 電話 手機 phone phone_number mobile telephone",
    ),
    Column(
        "address",
        _lt("Address"),
        "地址 联系地址 客户地址 通讯地址 聯絡地址 address street customer_address",
        max_length=500,
    ),
    Column(
        "contact",
        _lt("Brought by"),
        "送修人 送修人姓名 联系人 来访人 送車人 聯絡人 brought_by contact contact_name",
    ),
    Column(
        "contact_phone",
        _lt("Phone of who brings the car"),
        "送修人电话 送修人手机 联系人电话 送修人電話 聯絡人電話 contact_phone "
        "phone_of_who_brings_the_car",
    ),
    Column(
        "plate",
        _lt("Plate"),
        "车牌号 车牌 车牌号码 车号 車牌號 車牌 車牌號碼 "
        "plate license_plate licence_plate plate_number",
    ),
    Column(
        "vin",
        _lt("VIN"),
        "车架号VIN 车架号 车架号码 VIN码 底盘号 車架號VIN 車架號 車身號碼 "
        "vin vin_number chassis_number",
    ),
    Column("brand", _lt("Brand"), "品牌 车辆品牌 厂牌 廠牌 brand make manufacturer"),
    Column("model", _lt("Model"), "车型 车辆型号 车系 車型 model car_model"),
    Column("category", _lt("Car category"), "车种 车辆种类 車種 category car_category"),
    Column(
        "odometer",
        _lt("Odometer (km)"),
        "行驶里程 里程 里程数 进厂里程 公里数 行駛里程 里程數 odometer mileage",
    ),
    Column(
        "service",
        _lt("Service"),
        "服务类别 服务类型 服务项目 服務類別 service service_type",
    ),
    Column(
        "description",
        _lt("Description"),
        "维修项目 项目名称 项目 维修内容 作业项目 維修項目 項目名稱 "
        "description work item service_item",
        max_length=MAX_CELL,
    ),
    Column("trade", _lt("Trade"), "工种 工種 trade"),
    Column("payer", _lt("Payer"), "付款方 付款方式 账类 结算方式 付款人 payer paid_by"),
    Column(
        "amount",
        _lt("Amount"),
        "金额 应收金额 实收金额 收费金额 金額 應收金額 amount price",
    ),
    Column("cost", _lt("Cost"), "成本 成本金额 成本金額 cost"),
    Column(
        "claim_state",
        _lt("Warranty claim"),
        "索赔状态 保修状态 索賠狀態 claim_state warranty_claim claim",
    ),
    Column(
        "rework_of",
        _lt("Rework of"),
        "返修原工单 返修工单 原工单号 返修原工單 rework_of",
    ),
    Column(
        "advisor",
        _lt("Service advisor"),
        "服务顾问 接车员 接待员 业务接待 服務顧問 advisor service_advisor",
    ),
    Column(
        "wish",
        _lt("Customer's wish"),
        "客户要求 客户需求 客户描述 希望得到的服务 客戶要求 客戶需求 "
        "wish customers_wish customer_wish service_wished_for",
        max_length=MAX_CELL,
    ),
    Column(
        "note",
        _lt("Remarks"),
        "备注 備註 remark remarks note notes",
        max_length=MAX_CELL,
    ),
]
REQUIRED = ("number", "date_arrival", "customer", "plate")
# What an order has once, and what each of its rows has.
LINE_COLUMNS = (
    "service",
    "description",
    "trade",
    "payer",
    "amount",
    "cost",
    "claim_state",
)
# The column that the file of rejected orders has in addition.
REASON = _lt("Reason for rejection")
REASON_HEADERS = ("Reason for rejection", "退回原因")


def header_key(header):
    """Return what different ways to write one header have in common."""
    header = normalize("NFKC", str(header or "")[:MAX_SHOWN]).casefold()
    return re.sub(r"[\W_]", "", header)[:MAX_SHOWN]


KNOWN_HEADERS = {
    header_key(header): column.name
    for column in COLUMNS
    for header in column.headers.split()
}
REASON_KEYS = {header_key(header) for header in REASON_HEADERS}


def find_column(header, remembered=()):
    """Return the name of the column that a header means, or ``None``.

    A remark in brackets, such as 金额(元), does not count where the whole is unknown.

    :param remembered: dict header key -> column or ``False``, matched by hand before
    """
    header = str(header or "")[:MAX_SHOWN]
    whole = header_key(header)
    if whole in remembered:
        return remembered[whole] or None
    bare = header_key(re.sub(r"[(（\[【].*?[)）\]】]", "", header))
    return KNOWN_HEADERS.get(whole) or KNOWN_HEADERS.get(bare)
