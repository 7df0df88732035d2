"""Whatever comes in by RPC, a file or a template: a clear answer, no traceback.

A call is answered, or refused by one of Odoo's errors for users. Anything else counts
as wrong if our code raised it; where it went into Odoo's own code as it came, it is
what Odoo answers on its own models too, and is listed.
"""

import base64
import linecache
import time
import traceback
from collections import Counter

from hostile import Hostile, files, templates
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ledger import MUCH, count, much, note
from psycopg2 import IntegrityError

from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import call_kw
from odoo.tools import file_path, mute_logger

from odoo.addons.aftersales_followup.tests.common_import import (
    HEADERS,
    ROW,
    as_xlsx,
)
from odoo.addons.aftersales_followup.tests.rights import (
    MODULE,
    RightsCase,
)

CASES = 10_000
DOMAINS = "/odoo/orm/domains.py"
FOLDER = file_path(MODULE)
SECONDS = 10  # of the processor, until a call counts as one that hangs
# What belongs to Odoo and has fields of ours.
EXTENDED = (
    "fleet.vehicle",
    "fleet.vehicle.model",
    "fleet.vehicle.odometer",
    "mail.activity",
    "res.config.settings",
    "res.partner",
)
WITH_VALS = {"create", "write", "web_save", "onchange", "copy"}
WRITES = {"create", "write", "web_save", "copy", "load", "name_create"}
ANSWERS = (UserError, RedirectWarning, IntegrityError)
SETTINGS = settings(
    deadline=None,
    database=None,
    # The short form tries the same each time, the long one always something new.
    derandomize=MUCH < 0.1,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def find_guilty(error):
    """Return where in our code an error arose; ``None`` if in Odoo's own.

    What our code only hands on to Odoo's, by ``super()``, arose there; and an action
    for one record refuses several as all of Odoo's do.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if frame.filename.startswith(FOLDER) and "/tests/" not in frame.filename
    ]
    # What is no domain, no code has to understand.
    if not ours or (
        isinstance(error, (TypeError, ValueError))
        and frames[-1].filename.endswith(DOMAINS)
    ):
        return None
    last = ours[-1]
    lines = range(last.lineno, (last.end_lineno or last.lineno) + 1)
    words = "".join(linecache.getline(last.filename, line) for line in lines)
    if "super(" in words or "ensure_one()" in words:
        return None
    return f"{last.filename.removeprefix(FOLDER)}:{last.lineno} {last.name}"


def has_shape(model, method, args):
    """Return whether a call has the shape that Odoo asks of every call.

    Ids that are no numbers of rows, or values that are no dict, Odoo answers with a
    traceback on each model, wherever they are looked at first.
    """
    args = list(args)
    if not getattr(getattr(type(model), method), "_api_model", False):
        ids = args.pop(0)
        if not isinstance(ids, list) or not all(
            isinstance(id_, int) and id_ and abs(id_) < 2**31 for id_ in ids
        ):
            return False
    return method not in WITH_VALS or isinstance(args[0], dict)


class Findings:
    """What calls were answered with, the shortest example of each kind."""

    def __init__(self):
        self.answered = Counter()
        self.wrong = {}
        self.core = {}

    def add(self, error, example, has_shape=True):
        where = find_guilty(error) if has_shape else None
        book = self.core if where is None else self.wrong
        if where is None:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{frame.filename.rpartition('/odoo/')[2]}:{frame.name}"
        key = (type(error).__name__, where)
        times, shortest, trace = book.get(key, (0, None, None))
        if shortest is None or len(example) < len(shortest):
            shortest = example
            trace = "".join(traceback.format_exception(error)[-6:])
        book[key] = (times + 1, shortest, trace)

    def describe(self, book):
        return [
            f"{times} x {name} in {where}\n    {example[:600]}"
            for (name, where), (times, example, _trace) in sorted(book.items())
        ]

    def show_traces(self):
        return "\n\n".join(trace for _times, _example, trace in self.wrong.values())

    def close(self, test, what):
        total = sum(self.answered.values())
        wrong = sum(entry[0] for entry in self.wrong.values())
        count("input", what, total, wrong)
        answers = ", ".join(f"{n} {answer}" for answer, n in self.answered.items())
        note(f"{what} were answered: {answers}")
        core = sum(entry[0] for entry in self.core.values())
        note(f"{what}: {core} answered by Odoo's own code, as on its own models:")
        for (name, where), (times, example, _trace) in sorted(self.core.items()):
            note(f"    {times} x {name} in {where}, e.g. {example[:160]}")
        test.assertFalse(
            self.wrong,
            "\n".join(self.describe(self.wrong)) + "\n\n" + self.show_traces(),
        )


class TestInput(RightsCase):
    def setUp(self):
        super().setUp()
        self.models = self._get_models()
        self._make_records()
        self.pools = {
            model: self.env[model].sudo().search([], limit=6, order="id desc").ids
            for model in (*self.models, "res.users", "res.company")
        }
        self.findings = Findings()

    def _get_models(self):
        """Return the names of all models of ours, and of those that we extend."""
        ours = [
            name
            for name, model in self.env.registry.items()
            if model._original_module == MODULE and not model._abstract
        ]
        return sorted([*ours, *EXTENDED])

    def _make_records(self):
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids)
        call.action_register()
        self._new_call(self._new_followup())
        self._new_letter().action_register()
        self._new_campaign()
        vals = self._prepare_all_vals(self.advisor, self.officer)
        for model in self.models:
            if model not in EXTENDED and self.env[model]._auto:
                env = self.env(user=self.supervisor)
                given = vals.get(model, {"name": "x"})
                given = given() if callable(given) else {**given}
                self.env[model].with_env(env).sudo().create(given)
        self.env.flush_all()

    def _get_own_methods(self, model):
        """Return the public methods of a model that this module defines."""
        return sorted(
            name
            for parent in self.env.registry[model].__mro__
            if getattr(parent, "_module", None) == MODULE
            for name, function in vars(parent).items()
            if callable(function)
            and not name.startswith("_")
            and not getattr(function, "_api_private", False)
            and (name.startswith("action_") or name.endswith("_batch"))
        )

    # ------------------------------------------------------------
    # One call
    # ------------------------------------------------------------

    def _call(self, user, model, method, args, context):
        env = self.env(user=user, su=False, context={})
        args = tuple(args)
        result = call_kw(env[model], method, args, {"context": context})
        env.flush_all()
        if method in WRITES:
            # What was taken in can be shown, too.
            records = env[model].browse(self._get_ids(method, args, result))
            records.invalidate_recordset()
            records.read()

    def _get_ids(self, method, args, result):
        if method == "write":
            return args[0]
        if method == "web_save":
            return [row["id"] for row in result]
        if method == "load":
            return result["ids"] or []
        if method == "name_create":
            return [result[0]] if result else []
        return [result] if isinstance(result, int) else result

    def _try(self, example, function, *args, has_shape=True):
        """Call a function and take back what it did; note what it was answered."""
        began = time.process_time()
        answer = "done"
        try:
            with self.env.cr.savepoint(flush=False) as savepoint:
                try:
                    function(*args)
                finally:
                    savepoint.rollback()
        except ANSWERS as error:
            answer = type(error).__name__
        except Exception as error:
            answer = "wrong"
            self.findings.add(error, example, has_shape)
        finally:
            self.env.transaction.clear()
            if self.env.registry.cache_invalidated:
                self.env.registry.clear_all_caches()
                self.env.registry.cache_invalidated.clear()
        self.findings.answered[answer] += 1
        self.assertLess(time.process_time() - began, SECONDS, example)

    def test_hostile_calls_are_answered_or_refused_in_plain_words(self):
        hostile = Hostile(self.env, self.pools)
        users = [self.supervisor] * 4 + [self.officer, self.advisor, self.outsider]
        calls = {
            model: hostile.call(model, self._get_own_methods(model))
            for model in self.models
        }
        contexts = {model: hostile.context(model) for model in self.models}

        @settings(SETTINGS, max_examples=much(CASES * 93 // 100, 150))
        @given(st.data())
        def attack(data):
            model = data.draw(st.sampled_from(self.models))
            user = data.draw(st.sampled_from(users))
            method, args = data.draw(calls[model])
            context = data.draw(contexts[model])
            example = f"{user.login}: {model}.{method}{args!r} {context!r}"
            self._try(
                example,
                self._call,
                user,
                model,
                method,
                args,
                context,
                has_shape=has_shape(self.env[model], method, args),
            )

        self._attack(attack, "hostile calls by RPC")

    def _import_file(self, content, filename, stepwise):
        data_import = self.env["aftersales.visit.import"].create(
            {
                "data_file": base64.b64encode(content),
                "filename": filename,
                "tz": "Asia/Shanghai",
            }
        )
        data_import.action_preview()
        if data_import.state == "ready" and stepwise:
            done = {"done": -1, "total": 0}
            while done["done"] < done["total"]:
                done = data_import.import_batch()
        else:
            data_import.action_import()
        self.env.flush_all()
        data_import.invalidate_recordset()
        data_import.read()

    def test_hostile_files_are_imported_or_refused_in_plain_words(self):
        content = files(ROW, HEADERS, as_xlsx)
        names = st.sampled_from(["orders.csv", "orders.xlsx", "orders.pdf", "", "\0"])

        @settings(SETTINGS, max_examples=much(CASES // 20, 20))
        @given(content, names, st.booleans())
        def attack(content, filename, stepwise):
            example = f"{filename!r} {content[:300]!r}"
            self._try(example, self._import_file, content, filename, stepwise)

        self._attack(attack, "hostile import files")

    def _speak(self, text, subject):
        """Use a text wherever texts are filled in, and show and print it."""
        template = self.env["aftersales.letter.template"].create(
            {"name": "x", "subject": subject, "body": text}
        )
        topic = self.env["aftersales.topic"].create({"name": "x", "script": text})
        customer = self._new_customer()
        letter = self._new_letter(
            customer, template_id=template.id, subject=False, body=False
        )
        letter.action_register()
        followup = self._new_followup(customer, topic_ids=topic.ids, content=text)
        for record in (letter, followup):
            self.env.flush_all()
            record.invalidate_recordset()
            record.read()
        self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_followup.report_letter", letter.ids
        )

    def test_hostile_templates_are_filled_in_or_refused_in_plain_words(self):
        @settings(SETTINGS, max_examples=much(CASES // 50, 10))
        @given(templates, templates)
        def attack(text, subject):
            self._try(f"{subject!r} {text!r}", self._speak, text, subject)

        self._attack(attack, "hostile scripts and letters")

    def _attack(self, attack, what):
        with mute_logger(
            "odoo.sql_db",
            "odoo.models",
            "odoo.addons.base.models.ir_rule",
            "odoo.addons.base.models.ir_model",
            "odoo.fields",
            "odoo.domains",
            "odoo.orm.domains",
            "odoo.http",
            "odoo.addons.base.models.ir_qweb",
        ):
            attack()
        self.findings.close(self, what)
