import importlib.util

from markupsafe import Markup

from odoo.tests import tagged
from odoo.tools import file_path

from .common import NOW
from .register_common import RegisterData
from .rights import AccessCase

SCRIPT = "aftersales_followup/migrations/19.0.1.1.0/post-corrections.py"
NOTE = Markup(
    "<p>Corrected: Misheard</p><ul>"
    "<li>What Was Said: <s>Brakes: &lt;b&gt;</s> → Radio</li>"
    "<li>Topics: <s>–</s> → Tyres</li></ul>"
)


@tagged("post_install", "-at_install")
class TestCorrectionsFromNotes(RegisterData, AccessCase):
    """Notes in the chatter, which corrections were before, become records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer()
        cls.subtype = (
            cls.env["mail.message.subtype"].sudo().create({"name": "Correction"})
        )
        cls.env["ir.model.data"].sudo().create(
            {
                "module": "aftersales_followup",
                "name": "mt_correction",
                "model": "mail.message.subtype",
                "res_id": cls.subtype.id,
                "noupdate": True,
            }
        )

    def _migrate(self):
        spec = importlib.util.spec_from_file_location("migration", file_path(SCRIPT))
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def _post(self, entry, body, **vals):
        return entry.message_post(
            body=body, subtype_xmlid="aftersales_followup.mt_correction", **vals
        )

    def test_notes_of_corrections_become_records(self):
        call = self._new_registered_calls()
        letter = self._new_letter(self.customer).with_env(self.env)
        letter.action_register()
        self._post(call, NOTE)
        chinese = "<p>更正：写错了</p><ul><li>主题: <s>A</s> → B</li></ul>"
        note = self._post(letter, Markup(chinese))
        call.message_post(body="Seen")
        self._migrate()
        self.assertEqual(
            call.correction_ids.read(
                ["field_name", "field_label", "before", "after", "reason", "date"],
                load=None,
            ),
            [
                {
                    "id": line.id,
                    "field_name": name,
                    "field_label": label,
                    "before": before,
                    "after": after,
                    "reason": "Misheard",
                    "date": NOW,
                }
                for line, (name, label, before, after) in zip(
                    call.correction_ids,
                    [
                        ("content", "What Was Said", "Brakes: <b>", "Radio"),
                        ("topic_ids", "Topics", "", "Tyres"),
                    ],
                    strict=True,
                )
            ],
        )
        self.assertEqual(call.correction_ids.user_id, self.supervisor)
        self.assertEqual(letter.correction_ids.reason, "写错了")
        self.assertEqual(letter.correction_ids.after, "B")
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(self.subtype.exists())

    def test_a_note_that_its_author_rewrote_is_kept_as_it_is(self):
        call = self._new_registered_calls()
        self._post(call, "Nothing to see here")
        self._migrate()
        self.assertEqual(call.correction_ids.after, "Nothing to see here")
        self.assertEqual(call.correction_ids.reason, "Nothing to see here")

    def test_migrating_again_changes_nothing(self):
        call = self._new_registered_calls()
        self._post(call, NOTE)
        self._migrate()
        self._migrate()
        self.assertEqual(len(call.correction_ids), 2)
