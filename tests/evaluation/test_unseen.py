"""Any directory with the same columns is measured: other languages, more columns, fewer files."""

import csv
import gzip
import io
import json

import pytest

from tests.evaluation.__main__ import main
from tests.evaluation.targets import TARGETS

BRANDS = [
    *["Zorgluboni", "Quintavora", "Bellamoreno", "Kartendulo", "Mirovanta", "Solaphenix", "Drakonetti"],
    *["Vestamari", "Norrfjell", "Casaluna", "Birkenfels", "Tamarindo", "Orquesta", "Lumiflor", "Perlando"],
]
LONG = "Die Große Manufaktur Für Feine Stoffe Aus Norrfjell"
WORDS = [
    *["schwarze", "Schuhe", "für", "Damen", "aus", "Leder", "Größe", "vaso"],
    *["de", "cristal", "azul", "grande", "para", "flores", "silla", "blanca"],
]


def write(folder, name, rows):
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, fieldnames=list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    (folder / f"{name}.csv.gz").write_bytes(gzip.compress(text.getvalue().encode()))


@pytest.fixture
def folder(tmp_path):
    marks = [{"mark": brand, "shade": "any"} for brand in [*BRANDS, LONG]]
    listings = [
        {
            "title": f"{BRANDS[n % 15]} {WORDS[n % 16]} {WORDS[(n * 5 + 1) % 16]} {n}",
            "brand_label": BRANDS[n % 15],
            "shade": "1",
        }
        for n in range(120)
    ]
    write(tmp_path, "marks", marks)
    write(tmp_path, "listings_moebel", listings[:60])
    write(tmp_path, "listings_zapatos", listings[60:])
    write(tmp_path, "masked_brands", [{"as_written": "Z⭐rgl⭐boni", "brand_label": "Zorgluboni"}])
    replica = {"title": "Quint4vora bag", "truth_brands": "Quintavora", "evasion_tags": "leet"}
    write(tmp_path, "replica_listings", [replica])
    unlabelled = {"title": "Tasche für Casaluna", "mentioned_brand": "Casaluna", "is_nominative": ""}
    write(tmp_path, "nominative_use", [unlabelled])
    return tmp_path


def test_a_directory_of_other_languages_and_fewer_files_is_measured(folder, tmp_path, capsys):
    output = tmp_path / "figures.json"
    main([str(folder), "--sizes", "10k,all", "--scale", "0.05", "--output", str(output)])
    told = capsys.readouterr().out
    figures = json.loads(output.read_text())
    assert "missing: conflicts.csv.gz" in told
    assert "brands.moebel.recall 1.0000" in told
    assert figures["masked.top1"] == 1
    assert figures["replica.evasive.leet.recall"] == 1
    assert figures["obfuscation.all.zero_width.recall"] > 0.9
    assert figures["dnstwist.all.repetition.recall"] > 0.8
    assert 0 <= figures["held_out.visible.recall_at_2"] <= 1
    assert "new_market.after_own.beside_home" in figures
    assert "obfuscation.10k.exact.recall" not in figures
    assert "no cases: nominative.recognised" in told
    unmeasured = {each.name for each in TARGETS} - figures.keys()
    assert {name.split(".")[0] for name in unmeasured} == {"held_out_1m", "words", "nominative"}


def test_an_empty_directory_is_named_not_measured(tmp_path, capsys):
    main([str(tmp_path), "--sizes", "all", "--output", str(tmp_path / "figures.json")])
    assert "missing: marks.csv.gz" in capsys.readouterr().out


def test_files_that_cannot_be_read_are_named_and_the_rest_is_measured(folder, tmp_path, capsys):
    (tmp_path / "listings_latin.csv").write_bytes("title\nTasche\nschöne Tasche\n".encode("latin-1"))
    (tmp_path / "listings_open.csv").write_text('title\nbag\n"' + "x" * 140_000 + "\n")
    (tmp_path / "conflicts.csv.gz").write_bytes(b"not packed")
    packed = (tmp_path / "masked_brands.csv.gz").read_bytes()
    (tmp_path / "masked_brands.csv.gz").write_bytes(packed[:-9])
    main([str(folder), "--sizes", "all", "--scale", "0.02", "--output", str(tmp_path / "figures.json")])
    told = capsys.readouterr().out
    assert "unreadable: listings_latin.csv: line 3: not UTF-8" in told
    assert "unreadable: listings_open.csv: line 3: field larger than field limit" in told
    assert "unreadable: conflicts.csv.gz: Not a gzipped file" in told
    assert "unreadable: masked_brands.csv.gz: Compressed file ended" in told
    assert "brands.moebel.recall 1.0000" in told
    assert "masked.top1" not in told


def test_labels_may_be_words_and_rows_of_one_label_allow_no_comparison(tmp_path, capsys):
    row = {"kind": "Company", "left_name": "Zorglub Ltd", "right_name": "Zorglub Limited", "match": "yes"}
    write(tmp_path, "entity_pairs", [row, row | {"match": "maybe"}])
    write(tmp_path, "conflicts", [{"mark_a": "Zorglub", "mark_b": "Zorglup", "similar": "true"}])
    main([str(tmp_path), "--sizes", "all", "--output", str(tmp_path / "figures.json")])
    told = capsys.readouterr().out
    assert "entities.all.recall 1.0000" in told
    for name in ("entities.all.f1", "entities.all.precision", "conflicts.all.auc"):
        assert f"not computable, all cases have one label: {name}" in told


def test_names_are_measured_amid_text_of_their_own_script(tmp_path, capsys):
    write(tmp_path, "marks", [{"mark": mark} for mark in ("ナイキラボ", "별빛나라", "北极星光", "ดาวเหนือ")])
    main([str(tmp_path), "--sizes", "all", "--output", str(tmp_path / "figures.json")])
    told = capsys.readouterr().out
    for script in ("kana", "hangul", "han", "thai"):
        assert f"scripts.all.{script}.amid_same_script.recall" in told
