"""What was done, said and written at the demo dealership (Chinese, as in a 4S店)."""

# Lines of visits: service type, trade, payer, description, amount, cost.
_MAINTENANCE = ("maintenance", "maintenance", "customer")
_MECHANICAL = ("mechanical", "mechanical", "customer")
JOBS = {
    "oil": [
        (*_MAINTENANCE, "更换机油机滤", 380.0, 190.0),
        ("check", "other", "customer", "全车安全检测（免费）", 0.0, 0.0),
    ],
    "service": [
        (*_MAINTENANCE, "更换机油机滤", 420.0, 210.0),
        (*_MAINTENANCE, "更换空气滤芯", 95.0, 38.0),
        (*_MAINTENANCE, "更换空调滤芯", 120.0, 45.0),
    ],
    "big_service": [
        (*_MAINTENANCE, "更换机油机滤", 460.0, 230.0),
        (*_MAINTENANCE, "更换火花塞", 520.0, 260.0),
        (*_MAINTENANCE, "清洗节气门", 180.0, 40.0),
    ],
    "brakes": [
        (*_MECHANICAL, "更换前刹车片", 560.0, 265.0),
        (*_MECHANICAL, "更换刹车油", 220.0, 80.0),
    ],
    "tyres": [
        ("parts", "parts", "customer", "更换前轮轮胎两条", 1360.0, 980.0),
        (*_MECHANICAL, "四轮定位", 230.0, 40.0),
    ],
    "battery": [("parts", "parts", "customer", "更换蓄电池", 690.0, 410.0)],
    "air": [
        (*_MECHANICAL, "清洗空调蒸发箱", 260.0, 60.0),
        ("parts", "parts", "customer", "加注空调冷媒", 180.0, 75.0),
    ],
    "door": [
        ("body", "sheet_metal", "insurance", "左前门钣金修复", 650.0, 240.0),
        ("body", "paint", "insurance", "左前门喷漆", 560.0, 210.0),
    ],
    "bumper": [
        ("parts", "parts", "insurance", "更换前保险杠", 1280.0, 870.0),
        ("body", "paint", "insurance", "前保险杠喷漆", 600.0, 220.0),
    ],
    "coil": [("warranty", "mechanical", "warranty", "更换点火线圈", 356.0, 300.0)],
    "screen": [("warranty", "parts", "warranty", "更换中控屏总成", 2180.0, 1900.0)],
    "damper": [("warranty", "mechanical", "warranty", "更换右前减振器", 780.0, 640.0)],
    "film": [
        ("accessories", "accessories", "customer", "全车隔热膜", 1980.0, 1100.0),
        ("accessories", "accessories", "customer", "加装行车记录仪", 699.0, 400.0),
    ],
    "inspection": [("check", "other", "customer", "代办年检", 300.0, 160.0)],
    "rework": [("body", "paint", "internal", "返修：保险杠补漆抛光", 0.0, 150.0)],
}

WISHES = [
    "希望提前一天电话预约工位",
    "希望维修前先报价，同意后再做",
    "取车要快，最好两小时内完工",
    "洗车要干净，内饰也要吸尘",
    "换下的旧件请交还给我",
    "保养到期请提前提醒",
    "有免费检测活动请通知我",
    "希望固定由一位师傅负责",
]
CONCERNS = [
    "咨询置换新车补贴政策",
    "咨询延长保修的价格和范围",
    "到店了解保养套餐，比较价格",
    "咨询事故车走保险的流程",
]
NEXT_SERVICES = [
    "提醒检查轮胎螺栓扭矩和胎压",
    "预约下次保养：更换机油机滤，检查刹车片厚度",
    "提醒做四轮换位和动平衡",
    "提醒更换变速箱油，介绍双人快保套餐",
    "提醒检查空调系统，更换空调滤芯",
]

# What was said: text, and satisfaction where it was asked.
SAID = {
    "first": [
        ("车况良好，对维修质量满意，觉得交车时讲解很细致。", 9),
        ("客户反映异响已消除，对技师表示感谢。", 10),
        ("使用正常。认为等候时间偏长，希望以后能预约。", 7),
        ("满意，洗车干净。询问下次保养大概费用，已告知。", 9),
        ("车辆正常，对服务顾问态度非常满意。", 10),
        ("油耗略有升高，建议再观察一箱油，如仍偏高请到店检查。", 8),
        ("对价格有意见，认为机油偏贵，已解释原厂机油的区别，客户表示理解。", 6),
        ("一切正常，客户正在开车，简单沟通后致谢。", 8),
        ("喷漆颜色一致，满意。休息区的茶水点心不错。", 9),
        ("刹车脚感明显改善，满意。", 9),
        ("取车比约定时间晚了一小时，客户不太满意，已致歉并承诺改进。", 5),
        ("使用正常，没有其他问题。", 9),
    ],
    "second": [
        ("近期准备跑长途，介绍了出行前免费检测，客户表示会来。", None),
        ("介绍了本季用车知识：每月检查一次胎压，客户表示受用。", None),
        ("询问脚垫和座套，已介绍精品活动，下次到店看样。", None),
        ("暂无新的需求，感谢提醒。", None),
        ("想了解续保价格，已转续保专员报价。", None),
        ("家里准备添置第二台车，关注新能源车型，已告知销售顾问联系。", None),
        ("雨刮有异响，建议更换雨刮片，客户预约周末到店。", None),
        ("介绍了空调清洗的好处，客户考虑后再定。", None),
        ("希望公司提供上门取送车服务，已告知收费标准。", None),
    ],
    "maintenance": [
        ("已预约下周六上午保养。", None),
        ("近期在外地，回来后主动联系预约。", None),
        ("里程还没到，约定下个月再联系。", None),
        ("同意到店保养，要求提前备好机油机滤。", None),
        ("预约本周五下午，需要代步车。", None),
        ("客户已在外地保养过一次，下次回店。", None),
    ],
    "next_service": [
        ("按约定提醒，客户表示本周内到店检查。", None),
        ("已提醒，客户预约周日上午十点。", None),
        ("已提醒检查项目，客户自行查看正常，谢谢关心。", None),
    ],
    "meeting": [
        ("上门走访，了解车队用车情况，客户提出集中保养的需求。", 9),
        ("走访客户，送上保养手册，介绍大客户专属工位。", 10),
        ("上门回访，客户希望月底统一开票，已记录。", 8),
    ],
    "no_answer": [("电话无人接听。", None), ("响铃后转语音信箱。", None)],
    "busy": [("对方占线，稍后再拨。", None)],
    "call_back": [
        ("客户正在开会，请改日下午再联系。", None),
        ("客户在驾车，约定晚些时候回电。", None),
    ],
    "wrong_number": [("接听人称不认识该客户，号码可能已换，需核实。", None)],
    "refused": [("客户表示近期不希望再接到回访电话。", None)],
}

# Inbound calls: days ago, number of the customer or name and phone of a stranger, kind,
# what was said, and the steps that followed: what, after how many days, its arguments.
INBOUND = [
    (30, 4, "consultation", "咨询保养套餐价格和有效期。"),
    (
        28,
        21,
        "complaint",
        "投诉交车时未清洗内饰，要求给个说法。",
        (
            "solve",
            2,
            "已对交车检查流程重新培训，并为您准备免费精洗一次。",
            "communication",
        ),
    ),
    (
        27,
        ("张先生", "138 0000 7312"),
        "consultation",
        "询问二手车过户后能否继续享受保修。",
        ("give", 2, 0),
    ),
    (
        25,
        9,
        "other",
        "更改联系地址，已更新档案。",
        ("correct", 1, "更改联系地址和收件人电话，已更新档案。", "当时漏记收件人电话"),
    ),
    (
        23,
        13,
        "consultation",
        "仪表亮故障灯，咨询能否继续行驶，建议尽快到店检查。",
    ),
    (
        21,
        32,
        "complaint",
        "反映空调维修后制冷仍不理想。",
        (
            "solve",
            1,
            "我们已预留技师为您复检空调系统，工时费全免。",
            "workmanship",
        ),
    ),
    (
        19,
        26,
        "consultation",
        "咨询更换轮胎的品牌和价格，已报价。",
        ("reply", 3, "附上您所需规格轮胎的品牌与报价，供您参考。"),
    ),
    (18, 2, "other", "预约周末保养。"),
    (
        16,
        40,
        "consultation",
        "询问年检代办需要哪些资料。",
        ("reply", 1, "年检代办资料清单与费用说明随信奉上。"),
    ),
    (
        14,
        23,
        "complaint",
        "保险杠补漆有色差，要求返修。",
        (
            "solve",
            2,
            "返修已安排，全部费用由我公司承担，敬请谅解。",
            "workmanship",
        ),
    ),
    (
        12,
        ("李女士", "159 0000 4406"),
        "consultation",
        "询问新能源车电池保养注意事项。",
    ),
    (
        11,
        36,
        "consultation",
        "咨询延长保修政策。",
        ("reply", 1, "延长保修的范围与价格说明随信奉上。"),
    ),
    (
        9,
        17,
        "other",
        "公司用车增加一台，询问大客户优惠。",
        ("reply", 3, "大客户维修保养优惠方案随信奉上。"),
    ),
    (
        8,
        44,
        "complaint",
        "等候时间过长，希望改进预约管理。",
        ("solve", 1, "我们已增设周末快保工位，欢迎您提前预约。", "waiting_time"),
    ),
    (6, 6, "consultation", "询问雨天涉水后是否需要检查。"),
    (
        4,
        29,
        "consultation",
        "咨询保险到期续保优惠。",
        ("reply", 2, "续保优惠方案与礼遇说明随信奉上。"),
    ),
    (
        3,
        ("外地车主", "0731-1000 2288"),
        "other",
        "外地车主询问是否可以到店做保养。",
    ),
    (2, 12, "consultation", "询问钥匙电池型号及更换方法，已告知。"),
    (1, 38, "complaint", "反映上次更换的雨刮异响。"),
]
KNOWN_NOW = "已核实：来电人是张伟民，用家人的手机打来"

MEETING = "上门走访：了解用车情况和对服务的意见，介绍大客户政策。"
NOT_REACHED = "多次拨打无人接听，不再打扰"
NOT_MET = "客户一直出差，走访未能成行"

REPLY = (
    "<p>尊敬的{customer}：</p>"
    "<p>感谢您的来电与宝贵意见。{text}</p>"
    "<p>{officer}<br/>{company}</p>"
)
REPLY_SUBJECT = "关于您来电的答复"

# What customers wished, requested or complained of: days ago, number of the customer,
# type, words, and the steps that followed: what, after how many days, its arguments.
CASES = [
    (
        24,
        6,
        "wish",
        "希望增加周日下午的保养工位。",
        ("escalate", 1),
        ("solve", 3, "下月起周日下午增开两个工位，可提前一天预约。"),
        ("inform", 3),
        ("close", 4, 9),
    ),
    (
        15,
        10,
        "request",
        "要求补开上次保养的发票。",
        ("answer", 0, "当场查到工单，发票当日寄出。"),
    ),
    (
        9,
        24,
        "complaint",
        "反映等候时间太长，预约没有起作用。",
        ("escalate", 3, True),
        (
            "solve",
            4,
            "预约客户单独设接待通道，已向客户致歉并赠送机油券。",
            "waiting_time",
        ),
        ("inform", 6),
        ("close", 7, 6),
    ),
    (
        5,
        27,
        "complaint",
        "更换刹车片后低速仍有异响。",
        ("escalate", 3, True),
        ("wait", 4, "parts"),
    ),
    (
        9,
        33,
        "complaint",
        "空调清洗后不到一周又有异味，要求彻底解决。",
        ("escalate", 1),
        ("wait", 1, "parts"),
        ("stop_waiting", 3),
        ("solve", 3, "更换蒸发箱滤网，免费复检一次。", "parts_quality"),
        ("inform", 3),
        ("close", 4, 5),
        ("reopen", 6),
        ("escalate", 7),
        ("wait", 7, "maker"),
    ),
    (4, 13, "request", "要求说明事故车维修项目和费用。", ("escalate", 1)),
    (
        3,
        9,
        "complaint",
        "洗车后中控台有水渍，要求处理。",
        ("escalate", 1),
        (
            "solve",
            3,
            "免费做一次内饰清洁，本周内任选时间到店。",
            "workmanship",
        ),
    ),
    (2, 30, "wish", "希望保养时能提供代步车。"),
    (1, 15, "complaint", "上次换的雨刮有噪音。"),
    (0, 11, "request", "希望把保养记录发一份电子版。"),
]
EXPLAINED = "当场解释原因并致歉，客户表示理解。"
INFORMED = "已告知客户：{}客户表示满意。"
# Who refused on the phone: days ago, what, for which purpose if that is it, the reason
# from the list, and what was said.
OPTOUTS = [
    (12, "channel", False, "letters", "不希望再接到电话，有事请寄信。"),
    (8, "vehicle", False, "sold", "车辆已卖给同事，不必再提醒。"),
    (7, "purpose", "events", "no_need", "活动、优惠不必通知，保养提醒可以继续。"),
]
# Campaigns: first and last day from today, and what they are.
CAMPAIGNS = [
    (
        21,
        27,
        {
            "name": "冬季免费检测周",
            "kind": "free_service",
            "venue": "售后服务车间",
            "description": "免费检测电瓶、防冻液、刹车和轮胎，到店另送玻璃水一桶。",
        },
    ),
    (
        45,
        45,
        {
            "name": "新年客户联谊会",
            "kind": "club",
            "venue": "万豪酒店三楼宴会厅",
            "description": "汽车运用新知识讲座、抽奖和自助晚餐。",
        },
    ),
]
REPLIES = [
    ("coming", "客户表示周六上午过来检测。", True),
    ("undecided", "近期出差，时间定下来再联系。", False),
    ("coming", "会来参加，顺便做保养。", False),
    ("not_coming", "刚做过保养，这次不来了。", False),
]
