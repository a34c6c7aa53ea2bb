"""Names in letters that run on are found where they stand as words, and not within other words."""

import pytest

from matching.index import build_index
from matching.model import Mark


def found_in(name, title):
    index = build_index([Mark(id="m", text=name, rights_holder="h", office="EM")])
    return [each.span.text for each in index.search({"title": title}).candidates if not each.evasions]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("ゾルバ", "ゾルバスニーカー"),  # before a word for goods
        ("ゾルバ", "新品ゾルバエアフロー"),  # three kana begin a longer word
        ("ゾルバリノ", "スーパーゾルバリノ"),
        ("ソブ", "ソブケース"),  # two kana, and the rest is known
        ("조르바", "조르바운동화"),
        ("조르바", "조르바는 좋아요"),
        ("조르", "조르가방"),
        ("زورغلب", "حذاء زورغلب"),
        ("زورغلب", "حذاء الزورغلب"),
        ("زورغلب", "وبالزورغلب حذاء"),
        ("زورغلب", "لزورغلب"),
        ("ซอร์กลับ", "รองเท้าซอร์กลับของแท้"),
        ("Zorglub", "Zorglub가방 레플리카"),
        ("Zorglub", "сумкаZorglub"),
        ("Zorglub", "لـZorglub تقليد"),
    ],
)
def test_a_name_is_found_in_letters_that_run_on(name, title):
    assert found_in(name, title) == [name]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("ボス", "ボストンバッグ"),  # two kana that begin another word
        ("コーチ", "コーチングの本"),  # no word begins with n
        ("ライン", "オンライン講座"),
        ("パト", "パトロール"),
        ("조르", "조르바니아"),
        ("르바", "조르바니아"),
        ("зорк", "зоркий"),
    ],
)
def test_a_short_name_is_no_part_of_a_longer_word(name, title):
    assert found_in(name, title) == []


def test_a_span_holds_the_article():
    assert found_in("المراعي", "المراعي لبن") == ["المراعي"]


def test_a_name_glued_to_a_number_is_found():
    assert found_in("Zorglub", "Zorglub2024 shoes") == ["Zorglub"]
    assert found_in("Zor", "Zor90 cable") == []
