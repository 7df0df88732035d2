"""What core deletes does not read the large tables, and no index is there twice."""

from odoo import models
from odoo.tools import sql

from .common import AftersalesCase

# Tables of a few rows, or emptied every day, are read whole.
SMALL = {
    *("aftersales_call_outcome", "aftersales_campaign", "aftersales_case_cause"),
    *("aftersales_correction", "aftersales_followup_rule", "aftersales_import_header"),
    *("aftersales_kpi", "aftersales_kpi_entry", "aftersales_kpi_target"),
    *("aftersales_summary", "aftersales_summary_cause", "aftersales_summary_line"),
    *("aftersales_letter_template", "aftersales_optout", "aftersales_optout_reason"),
    *("aftersales_restriction", "aftersales_restriction_look"),
    *("aftersales_restriction_value", "aftersales_segment"),
    *("aftersales_substitution", "aftersales_tip", "aftersales_topic"),
}
# Of these, all but who made and changed a row, and the company that works by it, is
# indexed all the same.
OF_FEW_ROWS = {
    "aftersales_case_round__case_id_index",
    "aftersales_followup_open",
    "aftersales_followup_open_with",
    "aftersales_import_header__company_id_index",
    *(f"aftersales_{name}_reminder_lost" for name in ("case", "followup", "visit")),
}
SMALL_COLUMNS = {"create_uid", "write_uid", "company_id"}


class TestIndexes(AftersalesCase):
    def _get_tables(self):
        """Return the tables of our models that are kept."""
        return {
            model._table
            for model in self.env.values()
            if model._name.startswith("aftersales.")
            and model._auto
            and not (model._abstract or model._transient)
        }

    def _get_declared_indexes(self):
        """Return the names of all indexes that classes of the module declare.

        Each class is asked, as an attribute of the same name in another part of the
        model would hide an index from the model itself.
        """
        registry = self.env.registry
        names = set()
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto:
                continue
            for cls in type(model).mro():
                for index in vars(cls).get("_table_object_definitions", ()):
                    if (
                        index._module == "aftersales_followup"
                        and isinstance(index, models.Index)
                        and index.get_definition(registry)
                    ):
                        names.add(index.full_name(model))
            for field in model._fields.values():
                if (
                    field.index
                    and field.store
                    and field.column_type
                    and "aftersales_followup" in field._modules
                ):
                    names.add(sql.make_index_name(model._table, field.name))
        return names

    def test_each_declared_index_is_in_the_database(self):
        self.env.cr.execute("SELECT indexname FROM pg_indexes")
        there = {name for (name,) in self.env.cr.fetchall()}
        declared = self._get_declared_indexes()
        self.assertIn("aftersales_followup_done_by_rule", declared)
        self.assertIn("aftersales_followup__visit_id_index", declared)
        self.assertEqual(declared - there, set())

    def test_each_reference_to_a_core_table_has_an_index(self):
        self.env.cr.execute(
            """SELECT owner.relname, ref.attname, target.relname
                 FROM pg_constraint con
                 JOIN pg_class owner ON owner.oid = con.conrelid
                 JOIN pg_class target ON target.oid = con.confrelid
                 JOIN pg_attribute ref
                   ON ref.attrelid = con.conrelid AND ref.attnum = con.conkey[1]
                WHERE con.contype = 'f'
                  AND (owner.relname LIKE 'aftersales_%' OR
                       ref.attname LIKE 'aftersales_%')
                  AND target.relname NOT LIKE 'aftersales_%'
                  AND NOT EXISTS (
                      SELECT FROM pg_index index
                       WHERE index.indrelid = con.conrelid
                         AND index.indkey[0] = con.conkey[1]
                         AND COALESCE(pg_get_expr(index.indpred, index.indrelid),
                                      'IS NOT NULL') LIKE '%IS NOT NULL%')"""
        )
        tables = self._get_tables()
        without = {
            f"{table}.{column}"
            for table, column, _target in self.env.cr.fetchall()
            if table in tables | {"res_partner", "fleet_vehicle"}
            and not (table in SMALL and column in SMALL_COLUMNS)
        }
        self.assertEqual(without, set())

    def test_no_index_is_the_beginning_of_another(self):
        """Each is one more place where every row is sorted in."""
        self.env.cr.execute(
            """SELECT short.indexrelid::regclass::text, long.indexrelid::regclass::text
                 FROM pg_index short
                 JOIN pg_index long
                   ON long.indrelid = short.indrelid
                  AND long.indexrelid != short.indexrelid
                  AND long.indnatts > short.indnatts
                 JOIN pg_class owner ON owner.oid = short.indrelid
                WHERE owner.relname LIKE 'aftersales_%'
                  AND owner.relname NOT LIKE '%_rel'
                  AND NOT short.indisunique
                  AND short.indexprs IS NULL AND long.indexprs IS NULL
                  AND long.indpred IS NULL
                  AND (long.indkey::int2[])[0:short.indnkeyatts - 1]
                      = (short.indkey::int2[])[0:short.indnkeyatts - 1]"""
        )
        self.assertEqual(
            [pair for pair in self.env.cr.fetchall() if pair[0] not in OF_FEW_ROWS],
            [],
        )

    def test_topics_are_found_by_a_narrow_index(self):
        self.env.cr.execute(
            """SELECT indexdef FROM pg_indexes
                WHERE tablename = 'aftersales_call_aftersales_topic_rel'
                ORDER BY indexdef"""
        )
        definitions = [text.split(" USING ")[1] for (text,) in self.env.cr.fetchall()]
        self.assertEqual(
            definitions,
            [
                "btree (aftersales_topic_id)",
                "btree (aftersales_call_id, aftersales_topic_id)",
            ],
        )
