from odoo.tests import BaseCase

from ..models.personal_words import (
    ADDRESS,
    EMAIL,
    NAME,
    PHONE,
    PLATE,
    PersonalWords,
)


class TestPersonalWords(BaseCase):
    """A person is taken out of free text in all ways people write it."""

    def _new_words(self, *pairs):
        words = PersonalWords()
        for kind, text in pairs:
            words.add(kind, text)
        return words

    def _assert_taken_out(self, words, texts):
        for text in texts:
            with self.subTest(text=text):
                self.assertEqual(words.take_out(f"a {text} b"), "a *** b")

    def _assert_stays(self, words, texts):
        for text in texts:
            with self.subTest(text=text):
                self.assertEqual(words.take_out(text), text)

    def test_mobile_number_in_all_writings(self):
        words = self._new_words((PHONE, "138 0013 8000"))
        self._assert_taken_out(
            words,
            (
                "13800138000",
                "138-0013-8000",
                "138.0013.8000",
                "+86 138 0013 8000",
                "+8613800138000",
                "008613800138000",
                "0086-138-0013-8000",
                "１３８００１３８０００",
                "138\u00a00013\u00a08000",
                "138–0013–8000",
            ),
        )
        self.assertEqual(words.take_out("(138) 0013 8000"), "(***")
        self._assert_stays(words, ("138001380001", "213800138000", "1380013800"))

    def test_number_with_country_code_is_found_without_it(self):
        words = self._new_words((PHONE, "+86 138 0013 8000"))
        self._assert_taken_out(words, ("13800138000", "+8613800138000"))

    def test_land_line_with_and_without_area(self):
        words = self._new_words((PHONE, "0738-8312345"))
        self._assert_taken_out(
            words, ("0738 8312345", "0738-8312345", "+86 738 8312345", "8312345")
        )
        words = self._new_words((PHONE, "010-81234567"))
        self._assert_taken_out(words, ("010 81234567", "81234567"))

    def test_several_numbers_in_one_field(self):
        words = self._new_words((PHONE, "13800138000 / 0738-8312345"))
        self._assert_taken_out(words, ("138 0013 8000", "8312345"))
        self.assertEqual(words.keys, {"13800138000", "07388312345"})

    def test_latin_name_is_a_word_whatever_its_case(self):
        words = self._new_words((NAME, "Li Wei"))
        self._assert_taken_out(words, ("Li Wei", "LI  WEI", "liwei", "Li\nWei"))
        self._assert_stays(words, ("Ali Weiss", "Liweis"))
        self.assertEqual(words.take_out("请联系Li Wei先生"), "请联系***先生")

    def test_chinese_name_stands_anywhere(self):
        words = self._new_words((NAME, "张三"))
        self.assertEqual(words.take_out("请联系张三先生, 张 三"), "请联系***先生, ***")
        self._assert_stays(words, ("张先生", "三张"))

    def test_what_is_too_short_to_tell_anybody_is_not_looked_for(self):
        words = self._new_words(
            (NAME, "X"), (PHONE, "110"), (ADDRESS, "1"), (PLATE, "A1"), (EMAIL, "@")
        )
        self.assertFalse(words)
        self._assert_stays(words, ("X called 110 from 1",))

    def test_email_and_address_whatever_their_case(self):
        words = self._new_words(
            (EMAIL, "zhang@example.com, z3@example.com"),
            (ADDRESS, "1 Xiangzhong Avenue"),
        )
        self._assert_taken_out(
            words,
            ("Zhang@Example.com", "z3@example.com", "1  XIANGZHONG avenue"),
        )
        self._assert_stays(words, ("11 Xiangzhong Avenue", "1 Xiangzhong Avenues"))

    def test_plate_with_dots_blanks_and_without_its_province(self):
        words = self._new_words((PLATE, "湘K12345"))
        self._assert_taken_out(words, ("湘K12345", "湘K·12345", "湘 k 12345", "K12345"))
        self._assert_stays(words, ("K123456", "AK12345"))

    def test_html_keeps_its_tags(self):
        words = self._new_words((NAME, "Li"), (EMAIL, "li@example.com"))
        self.assertEqual(
            words.take_out(
                '<li>Li: <a href="mailto:li@example.com">write</a></li>', is_html=True
            ),
            '<li>***: <a href="mailto:***">write</a></li>',
        )
        words = self._new_words((NAME, "O'Brien & Co"))
        self._assert_taken_out(words, ("O'Brien & Co", "O&#39;Brien &amp; Co"))

    def test_words_of_a_kind_may_stay(self):
        words = self._new_words((NAME, "张三"), (PLATE, "湘K12345"))
        text = "张三 湘K12345"
        self.assertEqual(words.take_out(text, but=(PLATE,)), "*** 湘K12345")
        self.assertEqual(words.take_out(text, but=(PLATE, NAME)), text)
