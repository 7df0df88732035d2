from odoo.tests import BaseCase

from ..reports import register_layout
from ..reports.register_layout import Column


class TestRegisterLayout(BaseCase):
    """The rules of the pages, without any browser."""

    def _make_rows(self, *line_counts):
        columns = [Column("text", "Text", 1600)]
        words = "字" * 100
        return [
            register_layout.make_row([f"{words} " * count], columns)
            for count in line_counts
        ]

    def test_wide_characters_take_twice_the_room_of_others(self):
        self.assertEqual(len(register_layout.wrap("保养" * 10, 10)), 2)
        self.assertEqual(
            register_layout.wrap("a service " * 2, 10), ["a service a service"]
        )

    def test_no_line_is_wider_than_its_column(self):
        text = "客户反映空调不制冷，要求“尽快”检查；WWW.EXAMPLE.COM/MMMMMM, please! 好"
        for width in (4, 5.5, 9, 20):
            for line in register_layout.wrap(text * 3, width, max_lines=99):
                self.assertLessEqual(register_layout.text_width(line), width)

    def test_text_is_kept_whole_unless_it_is_clipped(self):
        text = "客户反映：空调不制冷，要求检查 and a new quotation for winter tyres。"
        for width in (4, 7, 30):
            lines = register_layout.wrap(text, width, max_lines=99)
            self.assertEqual("".join(lines).replace(" ", ""), text.replace(" ", ""))

    def test_words_stay_whole_where_they_fit(self):
        self.assertEqual(
            register_layout.wrap("the customer asks for an invoice", 8),
            ["the customer", "asks for an", "invoice"],
        )

    def test_closing_marks_never_begin_a_line(self):
        for width in range(3, 12):
            for line in register_layout.wrap("客户满意，很好。（真的）！" * 3, width):
                self.assertNotIn(line[0], "，。）！")

    def test_clipped_text_ends_with_an_ellipsis(self):
        lines = register_layout.wrap("字" * 100, 10, max_lines=3)
        self.assertEqual(lines, ["字" * 10, "字" * 10, "字" * 9 + "…"])

    def test_line_breaks_and_blanks_become_one_blank(self):
        self.assertEqual(register_layout.wrap(" a\n\n b\tc ", 10), ["a b c"])

    def test_nothing_typed_is_markup(self):
        columns = [Column("a", "A", 400), Column("b", "B", 39)]
        row = register_layout.make_row(["<b>\x1f&", "字\n字字"], columns)
        self.assertEqual(
            row.html, "<tr><td>&lt;b&gt; &amp;</td><td>字<br/>字字</td></tr>"
        )

    def test_a_note_stands_below_its_row_and_counts_into_its_height(self):
        columns = [Column("a", "A", 1600), Column("n", "N", 100, "note")]
        without, with_note = (
            register_layout.make_row(["x", note], columns) for note in ("", "<1\n2")
        )
        self.assertEqual(without.html, "<tr><td>x</td></tr>")
        self.assertEqual(without.height, 27)
        self.assertEqual(
            with_note.html,
            '<tr><td>x</td></tr><tr><td class="note" colspan="1">&lt;1<br/>2</td></tr>',
        )
        self.assertEqual(with_note.height, 27 + 2 * 20 + 7)
        self.assertEqual(register_layout.get_paper_columns(columns), columns[:1])

    def test_a_note_that_is_too_long_is_clipped(self):
        columns = [Column("a", "A", 1600), Column("n", "N", 100, "note")]
        for note in ("字" * 2000, "字\n" * 50):
            row = register_layout.make_row(["x", note], columns)
            self.assertEqual(row.height, 27 + 6 * 20 + 7)
            self.assertEqual(row.html.count("…"), 1)

    def test_no_page_is_higher_than_the_sheet_and_no_row_is_lost(self):
        rows = self._make_rows(*[1, 2, 3, 4, 4, 1] * 60)
        pages = register_layout.paginate(rows)
        self.assertEqual([row for page in pages for row in page], rows)
        room = register_layout.SHEET_HEIGHT - register_layout.HEAD_HEIGHT
        for page in pages:
            self.assertLessEqual(sum(row.height for row in page), room)

    def test_the_last_page_has_room_for_the_signatures(self):
        room = register_layout.SHEET_HEIGHT - register_layout.HEAD_HEIGHT
        for count in range(1, 120):
            last = register_layout.paginate(self._make_rows(*[1] * count))[-1]
            self.assertTrue(last)
            height = sum(row.height for row in last) + register_layout.FOOT_HEIGHT
            self.assertLessEqual(height, room)

    def test_a_register_without_entries_has_one_page(self):
        self.assertEqual(register_layout.paginate([]), [[]])
