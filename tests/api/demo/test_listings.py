import gzip

import pytest

from api.demo.listings import UnreadableFile, read_listings, sample_listings

HEADER = "id,title,brand_label,category,price,currency,seller,source,lang\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        path = tmp_path / "listings.csv.gz"
        path.write_bytes(gzip.compress(text.encode()))
        return read_listings(path)

    return read_text


def test_the_label_is_submitted_as_brand_and_the_row_id_as_reference(read):
    [listing] = read(HEADER + 'a-1,Blue shoes,Puma,"Apparel > Shoes",10,EUR,shop-1,somewhere,en\n')
    assert listing.body == {
        "reference": "a-1",
        "title": "Blue shoes",
        "brand": "Puma",
        "category": "Apparel > Shoes",
        "seller": "shop-1",
        "price": {"amount": "10.00", "currency": "EUR"},
        "language": "en",
    }
    assert listing.source == "somewhere"


@pytest.mark.parametrize(
    ("amount", "currency", "price"),
    [
        ("129.989", "USD", {"amount": "129.99", "currency": "USD"}),
        ("980.4", "JPY", {"amount": "980", "currency": "JPY"}),
        ("1e3", "EUR", {"amount": "1000.00", "currency": "EUR"}),
        ("cheap", "EUR", None),
        ("NaN", "EUR", None),
        ("-1", "EUR", None),
        ("10", "???", None),
        ("", "", None),
    ],
)
def test_a_price_fits_its_currency_or_is_left_out(read, amount, currency, price):
    [listing] = read(f"id,title,price,currency\na,Shoes,{amount},{currency}\n")
    assert listing.body.get("price") == price


def test_rows_without_id_or_title_are_left_out(read):
    assert [one.body["reference"] for one in read("id,title\n,Shoes\nb,\nc,Hat\n")] == ["c"]


def test_control_characters_become_spaces_and_long_references_their_hash(read):
    [listing] = read(f"id,title\n{'x' * 300},Red\x07 hat\n")
    assert listing.body["title"] == "Red hat"
    assert len(listing.body["reference"]) == 64


@pytest.mark.parametrize("content", [b"name,price\na,1\n", b"\x1f\x8bnot gzip", b"id,title\n\xff\xfe,a\n"])
def test_another_file_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / ("listings.csv.gz" if content.startswith(b"\x1f\x8b") else "listings.csv")
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=path.name):
        read_listings(path)


def test_our_own_sample_says_that_it_is_ours():
    sample = sample_listings()
    assert 60 <= len(sample) <= 100
    assert {listing.source for listing in sample} == {"our own sample"}
    assert len({listing.body["reference"] for listing in sample}) == len(sample)
