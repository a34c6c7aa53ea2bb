"""The vocabulary names every listing in which the index finds a mark: held against the plain way."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark
from matching.vocabulary import Vocabulary, build_volume

WORDS = Lexicon(
    {"shoes": 5.0, "for": 6.5, "horse": 4.4, "modern": 4.8, "the": 7.0, "plastic": 4.6, "and": 7.0}
)
NAMES = (
    "Zorglub", "Moschavo", "Rick Ovens", "Modem", "Lumiqo", "Citroga", "Nike", "Hourse", "乐酷",
    "The Plastik", "Extraordinarily Longwinded", "Ab Cd Ef Gh Ij",
    "Supercalifragilistic Expialidocious Wonderworks Emporium",
    "United Widget Makers of Upper Zorgland Incorporated", "One Two Three Four Five Six Seven", "K&Q", "4711",
)  # fmt: skip
FILLERS = [
    "shoes",
    "for",
    "horse",
    "modern",
    "the",
    "plastic",
    "size",
    "42",
    "red",
    "a",
    "of",
    "in",
    "new",
    "100%",
    "no7",
    "modern",
    "rn",
]
LOOKALIKES = str.maketrans("aeoc", "аеос")


def mark(name):
    return Mark(id=name, text=name, rights_holder="h", office="EM")


def one_error(name, random):
    place = random.randrange(len(name))
    letter = random.choice("abcdeilnorstz")
    return random.choice(
        [
            name[:place] + name[place + 1 :],
            name[:place] + letter + name[place:],
            name[:place] + letter + name[place + 1 :],
            name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
        ]
    )


DISGUISES = (
    lambda name, random: name,
    lambda name, random: name.upper(),
    one_error,
    lambda name, random: one_error(one_error(name, random), random),
    lambda name, random: one_error(one_error(one_error(name, random), random), random),
    lambda name, random: name.translate(str.maketrans("oieas", "01345")),
    lambda name, random: name.translate(LOOKALIKES),
    lambda name, random: random.choice([" ", ".", "-", "\u200b"]).join(name.replace(" ", "")),
    lambda name, random: name.replace(" ", ""),
    lambda name, random: "".join(letter + random.choice(["", "", "", " "]) for letter in name),
    lambda name, random: "".join(random.choice([letter, letter, "⭐"]) for letter in name),
    lambda name, random: name.replace("m", "rn").replace("w", "vv").replace("d", "cl"),
    lambda name, random: name.replace("k", "c").replace("f", "ph").replace("i", "y").replace("z", "s"),
    lambda name, random: " ".join(word for word in name.split() if random.random() > 0.2),
)


def listing(random):
    """Texts that name some mark in some disguise among other words."""
    words = random.choices(FILLERS, k=random.randint(0, 6))
    for _ in range(random.randint(0, 2)):
        words.insert(random.randint(0, len(words)), random.choice(DISGUISES)(random.choice(NAMES), random))
    texts = {"title": " ".join(words)}
    if random.random() < 0.4:
        texts[random.choice(["brand", "description"])] = random.choice(DISGUISES)(
            random.choice(NAMES), random
        )
    return texts


def found_by_reading(name, stored, lexicon):
    index = build_index([mark(name)], lexicon)
    return {listing_id for listing_id, texts in stored if index.search(texts).candidates}


@pytest.mark.parametrize("seed", range(4))
def test_no_listing_is_missed_that_reading_would_find(seed):
    random = Random(seed)  # noqa: S311 - repeatable, nothing secret
    stored = [(f"lst_{number}", listing(random)) for number in range(600)]
    vocabulary = Vocabulary((), WORDS).add(build_volume(stored, WORDS))
    for name in NAMES:
        read = found_by_reading(name, stored, WORDS)
        assert read, name
        named = set(vocabulary.find([mark(name)]))
        assert read - named == set(), name
        assert len(named) <= 3 * len(read) + 10, name


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=40), st.text(min_size=1, max_size=20), st.sampled_from(["title", "brand", "description"])
)
def test_nothing_is_missed_in_any_text(before, name, field):
    stored = [("lst_1", {field: f"{before} {name} {before}"})]
    vocabulary = Vocabulary((), WORDS).add(build_volume(stored, WORDS))
    assert found_by_reading(name, stored, WORDS) <= set(vocabulary.find([mark(name)]))


def test_many_marks_are_found_at_once():
    random = Random(9)  # noqa: S311 - the same
    stored = [(f"lst_{number}", listing(random)) for number in range(300)]
    vocabulary = Vocabulary((), WORDS).add(build_volume(stored, WORDS))
    others = [mark(f"Other{number} Name{number}") for number in range(200)]
    together = set(vocabulary.find([*others, *map(mark, NAMES)]))
    assert together >= {each for name in NAMES for each in vocabulary.find([mark(name)])}


def test_a_listing_is_found_as_it_was_last_told_once_volumes_are_merged():
    first = build_volume([("lst_1", {"title": "a Zorglub"}), ("lst_2", {"title": "a Moschavo"})], WORDS)
    second = build_volume([("lst_1", {"title": "a Lumiqo"}), ("lst_2", None)], WORDS)
    vocabulary = Vocabulary((), WORDS).add(first).add(second)
    assert len(vocabulary.volumes) == 1
    assert vocabulary.find([mark("Zorglub")]) == []
    assert vocabulary.find([mark("Lumiqo")]) == ["lst_1"]
    assert vocabulary.find([mark("Moschavo")]) == []
    assert [len(volume.ids) for volume in vocabulary.volumes] == [1]


def test_a_large_volume_is_left_as_it_is_and_still_found_in():
    many = build_volume([(f"lst_{n}", {"title": f"word{n} Zorglub extra text"}) for n in range(100)], WORDS)
    vocabulary = Vocabulary((), WORDS).add(many).add(build_volume([("lst_new", {"title": "Z0rglub"})], WORDS))
    assert vocabulary.volumes[0] is many
    assert len(vocabulary.find([mark("Zorglub")])) == 101


def test_a_name_of_very_many_words_cannot_be_asked_for():
    vocabulary = Vocabulary((), WORDS).add(build_volume([("lst_1", {"title": "words"})], WORDS))
    assert vocabulary.find([mark(" ".join(f"word{number}" for number in range(70)))]) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("คาเฟ่อเมซอนลาดพร้าว", "กระเป๋าคาเฟ่อเมซอนลาดพร้าวใหม่"),
        ("スーパーゾルバリノエアフロー", "新品スーパーゾルバリノエアフローケース"),
        ("조르바니아대한민국", "조르바니아대한민국가방"),
        ("天龙石油化工股份", "正品天龙石油化工股份油"),
    ],
)
def test_a_long_name_inside_a_running_text_is_found_as_in_a_new_listing(name, title):
    stored = [("lst_1", {"title": title}), ("lst_2", {"title": "新品靴 가방 กระเป๋า"})]
    assert "lst_1" in found_by_reading(name, stored, WORDS)
    vocabulary = Vocabulary((), WORDS).add(build_volume(stored, WORDS))
    assert vocabulary.find([mark(name)]) == ["lst_1"]
