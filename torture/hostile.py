"""What nobody means and RPC brings all the same, as strategies of hypothesis."""

import inspect
from datetime import date, datetime

from hypothesis import strategies as st

MAGIC_COLUMNS = {"id", "create_uid", "create_date", "write_uid", "write_date"}
NOBODY = 99_999_999  # an id that no record has
TEXTS = [
    "",
    " ",
    "\0",
    "A\0B",
    "x" * 70_000,
    "\ud800",
    "\u202e\N{ZERO WIDTH SPACE}",
    "😀" * 300,
    "<script>alert(1)</script>",
    "<r><bogus></r>",
    "<p t-out='1/0'/>",
    "{customer}",
    "{customer.__class__}",
    "{0}{}{{%(x)s%s",
    "=cmd|' /C calc'!A0",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%",
    "_",
    "\\",
    "湘K12345",
    "+86 138 0013 8000",
    "1e999",
    "-0",
    "١٢٣",
    "None",
    "self.env",
    "[('id', '=', 1)]",
    "[('id', '=', 1)",
    "()" * 400,
]
NUMBERS = [
    0,
    -1,
    1,
    2**31,
    -(2**31) - 1,
    2**63,
    10**40,
    0.1,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
]
DATES = [
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "0000-00-00",
    "2026-13-01 25:61:61",
    "9999-12-31 23:59:59",
    "0001-01-01 00:00:00",
    "2026-03-02T10:00:00+08:00",
    "today",
    "today +99999999d",
    "now",
    "02/03/2026",
    date.min,
    date.max,
    datetime.min,
    datetime.max,
    "2026-03-02",
    "2026-03-02 10:00:00",
]
ODDS = [
    None,
    False,
    True,
    [],
    {},
    [1],
    [[]],
    [None],
    {"id": "x"},
    {"a": {"b": []}},
    b"bytes \xff\xfe",
    ["a", ["b", ["c"]]],
    (1, 2, 3),
]
COMMANDS = [
    [[]],
    [[0]],
    [[0, 0]],
    [[0, 0, 5]],
    [[0, 0, None]],
    [[0, 0, {"no_such_field": 1}]],
    [[1]],
    [[1, NOBODY, {}]],
    [[1, "x", {}]],
    [[1, 1, "x"]],
    [[2]],
    [[2, NOBODY]],
    [[2, "x"]],
    [[3, NOBODY]],
    [[4]],
    [[4, NOBODY]],
    [[4, "x"]],
    [[4, 2**40]],
    [[5]],
    [[6]],
    [[6, 0]],
    [[6, 0, "x"]],
    [[6, 0, 7]],
    [[6, 0, [NOBODY]]],
    [[6, 0, [None, False, "x"]]],
    [[7, 0, 0]],
    [["x", 0, 0]],
    [[None, None, None]],
    ["x"],
    [5],
    "x",
    5,
    {"0": 1},
]
OPERATORS = [
    "=",
    "!=",
    "<",
    ">=",
    "in",
    "not in",
    "like",
    "not ilike",
    "=like",
    "=ilike",
    "child_of",
    "parent_of",
    "any",
    "not any",
    "=?",
    "==",
    "<>",
    "",
    None,
    "DROP",
]

anything = st.one_of(
    st.sampled_from(ODDS),
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(DATES),
    st.text(max_size=8),
    st.integers(),
    st.floats(),
)
ids = st.sampled_from([[], [NOBODY], ["x"], None, "abc", [False], [-1], [2**40], [1.5]])
relational = st.one_of(st.sampled_from(COMMANDS), st.sampled_from(ODDS), anything)
BY_TYPE = {
    "char": st.one_of(st.sampled_from(TEXTS), anything),
    "text": st.one_of(st.sampled_from(TEXTS), anything),
    "html": st.one_of(st.sampled_from(TEXTS), anything),
    "integer": st.one_of(st.sampled_from(NUMBERS), anything),
    "float": st.one_of(st.sampled_from(NUMBERS), anything),
    "monetary": st.one_of(st.sampled_from(NUMBERS), anything),
    "date": st.one_of(st.sampled_from(DATES), anything),
    "datetime": st.one_of(st.sampled_from(DATES), anything),
    "many2one": st.one_of(st.sampled_from([NOBODY, -1, 0, 2**40, "x"]), anything),
    "one2many": relational,
    "many2many": relational,
}


# Pieces of what a supervisor may type into a script or a letter.
TEMPLATES = [
    "{customer}",
    "{vehicle}",
    "{plate}",
    "{last_service}",
    "{next_maintenance}",
    "{officer}",
    "{company}",
    "{campaign}",
    "{nobody}",
    "{customer.env}",
    "{customer!r}",
    "{0}",
    "{{",
    "}}",
    "{",
    "%s %(x)d",
    "<p>",
    "</div>",
    "<t t-out='1/0'>",
    "<t t-call='web.layout'/>",
    "{{ 1/0 }}",
    "${1/0}",
    "<script>x</script>",
    "<img src='file:///etc/passwd'/>",
    "<table><tr>",
    "&#0;&lt;",
    "x" * 5000,
    "一二三",
    "\n\r\t\x0b",
]
templates = st.lists(st.sampled_from(TEMPLATES), max_size=6).map("".join)


@st.composite
def files(draw, row, headers, as_xlsx):
    """Draw an import file: whole rows with some cells of the worst, or broken bytes.

    :param dict row: a whole row by the names of columns
    :param dict headers: headers by these names
    """
    names = list(headers)
    rows = []
    for number in range(draw(st.integers(0, 3))):
        cells = {**row, "number": f"RO{draw(st.integers(1, 3))}{number}"}
        for name in draw(st.lists(st.sampled_from(names), max_size=3)):
            cells[name] = draw(
                st.one_of(
                    st.sampled_from(TEXTS), st.sampled_from(NUMBERS).map(str), st.text()
                )
            )
        rows.append([cells.get(name) for name in names])
    head = [headers[name] for name in names]
    for position in draw(st.lists(st.integers(0, len(head) - 1), max_size=2)):
        head[position] = draw(st.sampled_from([*TEXTS[:8], *head]))
    table = [head, *rows]
    if draw(st.booleans()):
        encoding = draw(st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"]))
        delimiter = draw(st.sampled_from(",;\t|"))
        text = [[str(cell or "") for cell in line] for line in table]
        content = "\r\n".join(delimiter.join(line) for line in text)
        content = content.encode(encoding, "replace")
    else:
        content = as_xlsx([[_as_cell(cell) for cell in line] for line in table])
    for _change in range(draw(st.sampled_from([0, 0, 0, 1, 3, 20]))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        content = draw(
            st.sampled_from(
                [
                    content[:at],
                    content[:at] + b"\0" + content[at:],
                    content[:at] + b"\xff" + content[at + 1 :],
                    content[:at] + b'"' + content[at:],
                    content[at:] + content[:at],
                ]
            )
        )
    return content


def _as_cell(value):
    """Return a value as xlsxwriter takes it: nobody's file holds half a character."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()[:30_000]
    return value


class Hostile:
    """Strategies for the models of a database, with records that are really there.

    :param pools: {model: ids of some of its records}
    """

    def __init__(self, env, pools):
        self.env = env
        self.pools = pools

    # ------------------------------------------------------------
    # Values
    # ------------------------------------------------------------

    def fitting(self, field, depth=1):
        """Return the strategy of values that a field takes."""
        ids = self.pools.get(field.comodel_name, []) if field.relational else []
        some = st.sampled_from(ids) if ids else st.just(False)
        if field.type == "many2one":
            return some
        if field.type in ("one2many", "many2many"):
            choices = [
                some.map(lambda id_: [[4, id_]]),
                some.map(lambda id_: [[6, 0, [id_] if id_ else []]]),
            ]
            if depth:
                comodel = field.comodel_name
                choices.append(
                    self.vals(comodel, depth - 1).map(lambda vals: [[0, 0, vals]])
                )
                choices.append(
                    st.tuples(some, self.vals(comodel, depth - 1)).map(
                        lambda pair: [[1, pair[0] or NOBODY, pair[1]]]
                    )
                )
            return st.one_of(*choices)
        if field.type == "selection":
            return st.sampled_from(field.get_values(self.env) or [False])
        if field.type in ("date", "datetime"):
            return st.dates(date(2025, 12, 1), date(2026, 6, 1)).map(str)
        if field.type == "boolean":
            return st.booleans()
        if field.type in ("integer", "float", "monetary"):
            return st.integers(0, 40)
        return st.sampled_from(["Zhang San", "13800138000", "湘K12345", "x"])

    def value(self, field, depth=1):
        """Return a strategy: the value fits as often as not."""
        return st.one_of(self.fitting(field, depth), BY_TYPE.get(field.type, anything))

    def vals(self, model, depth=1):
        """Return the strategy of the values of a new record, now and then whole."""
        fields = {
            name: field
            for name, field in self.env[model]._fields.items()
            if name not in ("id", "display_name")
            and (field.store or field.inverse)
            and name not in MAGIC_COLUMNS
            and not name.startswith(("message_", "activity_", "website_"))
        }
        required = {
            name: self.fitting(field, 0)
            for name, field in fields.items()
            if field.required and not (field.default and field.type == "boolean")
        }
        names = st.lists(st.sampled_from(sorted(fields)), max_size=5, unique=True)

        @st.composite
        def draw_vals(draw):
            vals = {}
            if draw(st.integers(0, 9)):  # nine in ten have what is required
                vals = {name: draw(value) for name, value in required.items()}
            for name in draw(names):
                vals[name] = draw(self.value(fields[name], depth))
            return vals

        return draw_vals()

    # ------------------------------------------------------------
    # Arguments
    # ------------------------------------------------------------

    def records(self, model):
        """Return the strategy of ids, mostly such as are there."""
        pool = self.pools.get(model) or [NOBODY]
        there = st.lists(st.sampled_from(pool), min_size=1, max_size=3, unique=True)
        return st.one_of(there, there, there, ids)

    def field_names(self, model):
        names = sorted(self.env[model]._fields)
        relations = [name for name in names if self.env[model]._fields[name].relational]
        paths = [f"{name}.id" for name in relations[:4]] + [
            f"{names[-1]}.x",
            "id.id",
            "no_such_field",
            "x.y.z",
            "create_date:month",
            "create_date:eon",
            ".",
            "",
            None,
            5,
        ]
        return st.one_of(
            st.sampled_from(names), st.sampled_from(names), st.sampled_from(paths)
        )

    def domain(self, model, depth=1):
        """Return the strategy of domains, some of no shape at all."""
        fields = self.env[model]._fields
        name = self.field_names(model)

        @st.composite
        def leaf(draw):
            path = draw(name)
            operator = draw(st.sampled_from(OPERATORS))
            field = fields.get(path)
            fits = self.fitting(field, 0) if field is not None else anything
            value = draw(st.one_of(fits, anything, st.lists(anything, max_size=3)))
            if operator in ("any", "not any") and depth and field is not None:
                if field.relational and draw(st.booleans()):
                    value = draw(self.domain(field.comodel_name, depth - 1))
            return [path, operator, value]

        part = st.one_of(
            leaf(), leaf(), leaf(), st.sampled_from(["&", "|", "!", "x", None, [], 5])
        )
        return st.one_of(
            st.lists(leaf(), max_size=2),
            st.lists(part, max_size=4),
            st.sampled_from(["x", None, 5, {}, [[]], [["id"]], "[('id','=',1)]"]),
        )

    def order(self, model):
        return st.one_of(
            self.field_names(model).map(lambda name: f"{name} desc"),
            st.sampled_from(["id; drop", "id desc nulls first, id", "", 5, None]),
        )

    def context(self, model):
        """Return the strategy of contexts: defaults, and what our code looks at."""
        fields = self.env[model]._fields
        keys = [
            *CONTEXT_KEYS,
            *(f"default_{name}" for name in fields if name not in MAGIC_COLUMNS),
        ]

        @st.composite
        def draw_context(draw):
            context = {}
            if draw(st.integers(0, 2)):
                return context
            for key in draw(st.lists(st.sampled_from(keys), max_size=3)):
                field = fields.get(key.removeprefix("default_"))
                if key.startswith("default_") and field is not None:
                    context[key] = draw(self.value(field))
                elif key == "active_model":
                    context[key] = draw(st.sampled_from([*self.pools, "x", None, 5]))
                elif key == "allowed_company_ids":
                    companies = [[], [1], [NOBODY], [1, 1], self.pools["res.company"]]
                    context[key] = draw(st.sampled_from(companies))
                elif key in ("lang", "tz"):
                    context[key] = draw(st.sampled_from([*TEXTS, "zh_CN", "x" * 300]))
                else:
                    context[key] = draw(st.one_of(self.records(model), anything))
            return context

        return draw_context()

    # ------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------

    def call(self, model, methods):
        """Return the strategy of calls of a model: ``(method, args, kwargs)``.

        :param methods: the public methods of ours beside Odoo's own
        """
        records, vals = self.records(model), self.vals(model)
        name, domain = self.field_names(model), self.domain(model)
        names = st.lists(name, max_size=3)
        own = {field: {} for field in list(self.env[model]._fields)[:6]}
        number = st.one_of(st.integers(0, 5), st.sampled_from([*NUMBERS, "x", None]))
        calls = [
            st.tuples(st.just("create"), st.tuples(vals)),
            st.tuples(st.just("create"), st.tuples(st.one_of(vals, anything))),
            st.tuples(st.just("write"), st.tuples(records, vals)),
            st.tuples(st.just("write"), st.tuples(records, vals)),
            st.tuples(st.just("web_save"), st.tuples(records, vals, st.just({}))),
            st.tuples(
                st.just("onchange"),
                st.tuples(st.one_of(records, st.just([])), vals, names, st.just(own)),
            ),
            st.tuples(
                st.just("onchange"),
                st.tuples(st.just([]), st.one_of(vals, anything), names, anything),
            ),
            st.tuples(st.just("default_get"), st.tuples(names)),
            st.tuples(st.just("name_create"), st.tuples(anything)),
            st.tuples(
                st.just("name_search"),
                st.tuples(anything, domain, st.sampled_from(OPERATORS), number),
            ),
            st.tuples(
                st.just("search"), st.tuples(domain, number, number, self.order(model))
            ),
            st.tuples(st.just("search_count"), st.tuples(domain)),
            st.tuples(st.just("web_search_read"), st.tuples(domain, st.just(own))),
            st.tuples(
                st.just("formatted_read_group"),
                st.tuples(
                    domain, names, st.lists(name.map(lambda each: f"{each}:sum"))
                ),
            ),
            st.tuples(st.just("read"), st.tuples(records, names)),
            st.tuples(st.just("export_data"), st.tuples(records, names)),
            st.tuples(
                st.just("load"),
                st.tuples(names, st.lists(st.lists(anything, max_size=3), max_size=2)),
            ),
            st.tuples(st.just("copy"), st.tuples(records, vals)),
            st.tuples(st.just("unlink"), st.tuples(records)),
        ]
        for method in methods:
            function = getattr(type(self.env[model]), method)
            wanted = [
                parameter
                for parameter in list(inspect.signature(function).parameters.values())[
                    1:
                ]
                if parameter.kind
                in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
            ]
            arguments = st.tuples(
                *([] if getattr(function, "_api_model", False) else [records]),
                *(st.one_of(anything, vals, domain) for _wanted in wanted),
            )
            calls.append(st.tuples(st.just(method), arguments))
        return st.one_of(*calls)


CONTEXT_KEYS = [
    "active_id",
    "active_ids",
    "active_model",
    "active_test",
    "aftersales_archive",
    "aftersales_lookup",
    "aftersales_merging",
    "aftersales_move_reminder",
    "aftersales_no_index",
    "aftersales_reminder_sync",
    "aftersales_reminders_settled",
    "aftersales_stay",
    "allowed_company_ids",
    "correction_reason",
    "form_view_ref",
    "import_file",
    "lang",
    "tz",
]
