"""Letters that look like Latin letters, and what hides between letters: facts of Unicode, as tables.

Compatibility forms (full width, mathematical, circled, squared) come from Unicode's own decompositions and
character names; only look-alikes of other scripts, which no rule of Unicode's names gives, are listed here.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

# Latin letter: what is taken for it in Cyrillic, Greek, Armenian, Cherokee, Lisu, Coptic and rare Latin.
LOOKALIKES_OF: dict[str, str] = {
    "a": "ᗅАаӐӑӒӓΑαᎪꓮⲀⲁɑɒⱭⱯɐᴀДдꭺ",
    "b": "ᗷᑲВвЪъЬьБΒβϐᏴꓐⲂⲃƄʙƂɃᏏ",
    "c": "ᑕСсҪҫϹϲᏟꓚⲤⲥᴄↃƆɔЄєℂ",
    "d": "ᗪᗞᑯԀԁᎠꓓɖɗⅆᴅ₫ժԃ",
    "e": "ⴹЕеЁёЀѐҼҽҾҿӖӗΕεϵᎬꓰⲈⲉЭэЗзҘҙɛɜƐƎǝəɘЄᴇℯ℮ҿ",
    "f": "ᖴϜϝꓝƑƒғҒſẝքʃꞘ",
    "g": "ᏳԌԍᏀꓖɡɢǤǥցԳɠƓᶃǴ",
    "h": "ᕼНнҢңҤҥһҺΗᎻꓧⲎհՀᏂʜɦℎԊԋӉӊ",
    "i": "ᎥІіЇїӀΙιϊΊίᎥꓲⲒⲓıɩɪƗӏꙇᛁǀ",
    "j": "ᒍЈјϳᎫꓙȷɈɉյՅʝᴊ",
    "k": "ᛕКкҚқҜҝҞҟҠҡӃӄΚκϏᏦꓗⲔⲕᴋƘƙʞԞԟ",
    "l": "ᒪӀᏞꓡⳐⳑʟƖԼլⅼℓɭɫ",
    "m": "ᗰᛖМмӍӎΜϺᎷꓟⲘⲙᴍɱʍ₥Ɱ",
    "n": "ᑎИиЙйΝηήꓠⲚⲛոռղɴИПпƝɲŋŊҊՌ",
    "o": "ОоӦӧӨөӪӫѲѳΟοσΘθφΦᎾꓳⲞⲟՕօᴏФфØⵔℴ",
    "p": "ᑭРрΡρᏢꓑⲢⲣᴘÞþƿҎҏƤƥ",
    "q": "ⵕԚԛզգʠႭՔ",
    "r": "ᖇƦГгґҐгЯяᎡᏒꓣʀɼɽгᴦꭱꭇⲅ",
    "s": "ᔕЅѕᏕᏚꓢՏʂƧƨꜱΣςᎦ",
    "t": "ТтҬҭΤτᎢꓔⲦⲧᴛŦŧƬƭէ",
    "u": "ᑌሀυՍսꓴᴜʊμɥЦцЏџմՄ",
    "v": "ᐯѴѵѶѷνᏙꓦᴠʋⱱⴸש",
    "w": "ᗯԜԝШшЩщωϢᎳꓪɯɰᴡѡѠώฬ",
    "x": "ᕁᕽХхҲҳӼӽӾӿΧχꓫⲬⲭ×ᚷЖ",
    "y": "ᎽУуЎўӮӯӰӱҮүҰұΥΎγꓬⲨⲩʏЧчƳƴỿყՎ",
    "z": "ᘔΖᏃꓜⲌⲍᴢƵƶʐʑȤȥ",
    "ss": "ßẞ",
    "ae": "ÆæǼǽǢǣᴁ",
    "oe": "Œœɶ",
}
ZERO_WIDTH = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")
NAMED_LETTER = re.compile(
    r"(?:.* )?(?:LATIN|REGIONAL INDICATOR SYMBOL|TAG LATIN)(?: CAPITAL| SMALL)? LETTER"
    r"(?: SMALL CAPITAL| REVERSED| TURNED| SCRIPT| BARRED| OPEN| LONG| SIDEWAYS)? ([A-Z])(?: WITH .+)?"
)
LOOKALIKES: dict[str, str] = {
    letter: latin for latin, letters in LOOKALIKES_OF.items() for letter in letters if not letter.isascii()
}


def is_zero_width(character: str) -> bool:
    """Whether a character takes no room and joins nothing a reader sees."""
    return character in ZERO_WIDTH or unicodedata.category(character) == "Cf"


def named_latin_letter(character: str) -> str:
    """The Latin letter in a character's Unicode name ("SQUARED LATIN CAPITAL LETTER N"), or nothing."""
    named = NAMED_LETTER.fullmatch(unicodedata.name(character, ""))
    return named.group(1).lower() if named else ""


def spell_in_latin(character: str) -> str:
    """A character of any script in lower-case ASCII letters and digits, as it is commonly transliterated."""
    return "".join(letter for letter in anyascii(character).lower() if letter.isalnum())
