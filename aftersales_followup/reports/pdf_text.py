"""Keep the text of a PDF that wkhtmltopdf made searchable.

A font draws 户 and the radical ⼾ with one glyph. Qt notes the first character that a
glyph stands for, which is the radical: nobody finds 客户 in such a PDF, or gets it by
copying. The notes are plain text of fixed width, so they can be put right in place.
"""

import re
import unicodedata

# Radicals whose character Unicode does not name, as Noto Sans CJK SC shares them.
_RADICALS = (
    "⺂⺃⺅⺉⺋⺏⺐⺒⺓⺔⺕⺖⺘⺙⺛⺞⺠⺡⺣⺤⺦⺨⺭⺯⺰⺱⺳⺹⺺⺾⻂⻅⻆⻈"
    "⻉⻋⻌⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲⼾"
)
_CHARACTERS = (
    "乛乚亻刂㔾尣尢巳幺彑彐忄扌攵旡歺民氵灬爫丬犭礻糹纟罓㓁耂肀艹衤见角讠"
    "贝车辶钅長镸长门阝青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐齿竜龙龜亀户"
)
_MEANT = {
    **{
        char: unicodedata.normalize("NFKC", char)
        for char in map(chr, range(0x2F00, 0x2FD6))
    },
    **dict(zip(_RADICALS, _CHARACTERS, strict=True)),
    "\t": " ",
    "\u2012": "–",  # the figure dash shares its glyph with the en dash
}
_CODES = {
    b"<%04X>" % ord(char): b"<%04X>" % ord(meant) for char, meant in _MEANT.items()
}
_LIST = re.compile(rb"\[(?:<[0-9A-F]{4}> )+\]")
_CODE = re.compile(rb"<[0-9A-F]{4}>")


def restore_characters(pdf):
    """Return the PDF with the characters noted that its text was written with."""
    return _LIST.sub(
        lambda codes: _CODE.sub(
            lambda code: _CODES.get(code[0], code[0]),
            codes[0],
        ),
        pdf,
    )
