"""A pytest plugin that has Odoo's test_lint judge our module and no other.

The tests of test_lint look at every module on the addons path, or at every
installed model. Here they see one module, and what they find in the code of
others is ignored. Warnings they log count as failures, as in Odoo's own runs.
"""

import contextlib
import logging
from pathlib import Path
from unittest.mock import patch

import pytest

from odoo.modules.module import Manifest
from odoo.modules.registry import Registry
from odoo.tools import config

MODULE = "aftersales_followup"
# Found by an index that begins with them, and has more: a second one would only cost.
INDEXED_TOGETHER = {
    "aftersales.archive.partner_id",
    "aftersales.call.partner_id",
    "aftersales.followup.partner_id",
    "aftersales.kpi.target.kpi_id",
    "aftersales.visit.partner_id",
}
FOLDER = str(Path(__file__).resolve().parents[1] / MODULE)


def concerns_us(model, method, **known):
    """Tell whether our module defines the method that a subtest looks at."""
    if "module" in known:
        return known["module"] == MODULE
    return any(
        getattr(parent, "_module", None) == MODULE and method in vars(parent)
        for parent in Registry(config["db_name"][0])[model].__mro__
    )


def our_registry(database):
    """Return the models that our module adds or extends, its own ones first."""
    models = {
        name: model
        for name, model in Registry(database).items()
        if any(getattr(parent, "_module", None) == MODULE for parent in model.__mro__)
    }
    return dict(
        sorted(models.items(), key=lambda item: item[1]._original_module != MODULE)
    )


def judge_models(test_case):
    """Let only our methods count in a test that walks all methods of models."""
    sub_test = test_case.subTest

    @contextlib.contextmanager
    def our_sub_test(self, **params):
        forgiven = () if concerns_us(**params) else (Exception,)
        with sub_test(self, **params), contextlib.suppress(*forgiven):
            yield

    return patch.object(test_case, "subTest", our_sub_test)


def foreign_fields(database):
    """Return the names of all fields in whose relation our module has no part."""
    registry = Registry(database)
    ours, others = set(), set()
    for model in registry.values():
        for field in model._fields.values():
            if field.type != "one2many" or not field.inverse_name:
                continue
            inverse = registry[field.comodel_name]._fields[field.inverse_name]
            modules = {*field._modules, *inverse.base_field._modules}
            (ours if MODULE in modules else others).add(str(inverse.base_field))
    return (others - ours) | INDEXED_TOGETHER


def judge_files(test_case):
    """Let only our files count in a test that walks all folders."""
    check_file = test_case.check_file

    def check_our_file(self, path):
        if path.startswith(FOLDER):
            check_file(self, path)

    return patch.object(test_case, "check_file", check_our_file)


def judge_scripts(test_case):
    """Do not start eslint for the modules that are not there."""
    run = test_case._test_eslint

    def run_on_ours(self, modules, rules):
        if modules:
            run(self, modules, rules)

    return patch.object(test_case, "_test_eslint", run_on_ours)


@pytest.fixture(scope="session", autouse=True)
def only_ours(request, load_registry):
    tests = {
        item.module.__name__.rpartition(".")[2]: item.module
        for item in request.session.items
    }
    signatures = tests["test_override_signatures"]
    patchers = [
        patch.object(
            Manifest, "all_addon_manifests", lambda: [Manifest.for_addon(MODULE)]
        ),
        judge_models(tests["test_docstring"].TestDocstring),
        judge_models(tests["test_naming"].TestNaming),
        judge_models(signatures.TestLintOverrideSignatures),
        judge_scripts(tests["test_eslint"].TestESLint),
        judge_files(tests["test_markers"].TestConflictMarkers),
        patch.object(
            tests["test_index"],
            "BTREE_INDEX_IGNORE_FIELDS",
            foreign_fields(config["db_name"][0]),
        ),
        *(
            patch.object(test, "Registry", our_registry)
            for test in (tests["test_docstring"], tests["test_naming"], signatures)
        ),
    ]
    with contextlib.ExitStack() as stack:
        for patcher in patchers:
            stack.enter_context(patcher)
        yield


@pytest.fixture(autouse=True)
def our_folder(request):
    """Have pylint read our module instead of all of Odoo."""
    if request.node.name != "test_pylint":
        yield
        return
    with patch.object(config, "root_path", FOLDER):
        yield


@pytest.fixture(autouse=True)
def warnings_fail(caplog):
    yield
    warnings = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.name.startswith("odoo.addons.test_lint")
        and record.levelno >= logging.WARNING
    ]
    # the linter of routes warns of all installed modules
    warnings = [
        text
        for text in warnings
        if not text.startswith("The endpoint ") or f" odoo.addons.{MODULE}." in text
    ]
    assert not warnings, "\n".join(warnings)
