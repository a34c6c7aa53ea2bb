from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from partners.errors import NotReady
from partners.records.trademarks import TrademarkFields, delete_trademark, put_trademarks
from partners.registry import Registry, Snapshot
from partners.sequencing import Sequencer

NIKE = TrademarkFields(reference="1", mark="NIKE", office="EM")


@pytest.fixture
def register(database, now):
    def register(claims, *rows):
        done = database.writing(claims, lambda c, p: put_trademarks(c, p.organization_id, rows, now))
        Sequencer(database).place()
        return [trademark for trademark, _ in done]

    return register


@pytest.fixture
def registry(database, now):
    return Registry(database, lambda: now)


def names(registry):
    return sorted(mark.text for mark in registry.index)


def test_nothing_is_answered_before_the_index_is_loaded(registry):
    assert (registry.ready, registry.version, registry.age) == (False, 0, None)
    with pytest.raises(NotReady):
        _ = registry.index
    registry.refresh()
    assert registry.ready
    assert len(registry.index) == 0


def test_marks_are_loaded_at_start_and_followed_afterwards(registry, register, partner):
    owner = partner("rights_holder")
    register(owner, NIKE)
    registry.refresh()
    assert (names(registry), registry.version) == (["NIKE"], 1)
    register(owner, replace(NIKE, reference="2", mark="PUMA"), replace(NIKE, mark="NIKE AIR"))
    registry.refresh()
    assert (names(registry), registry.version) == (["NIKE AIR", "PUMA"], 3)


def test_a_deleted_mark_is_forgotten(registry, register, database, partner, now):
    owner = partner("rights_holder")
    register(owner, NIKE)
    registry.refresh()
    database.writing(owner, lambda c, p: delete_trademark(c, p, "1", now))
    Sequencer(database).place()
    registry.refresh()
    assert (names(registry), registry.version) == ([], 2)


def test_a_reader_keeps_the_index_it_has_while_a_new_one_takes_its_place(registry, register, partner):
    registry.refresh()
    before = registry.snapshot
    register(partner("rights_holder"), NIKE)
    registry.refresh()
    assert (len(before.index), len(registry.index)) == (0, 1)


def test_a_mark_is_known_with_all_that_the_engine_asks(registry, register, partner):
    owner = partner("rights_holder")
    [made] = register(owner, replace(NIKE, nice_classes=(25, 18), spellings=("N1KE",), territories=("EU",)))
    registry.refresh()
    mark = registry.index.mark(made.id)
    assert (mark.text, mark.rights_holder, mark.office) == ("NIKE", owner.organization_id, "EM")
    assert (mark.nice_classes, mark.spellings, mark.territories) == ({18, 25}, ("N1KE",), {"EU"})


def test_a_mark_whose_new_revision_has_no_place_yet_is_loaded_all_the_same(
    registry, register, database, partner, now
):
    owner = partner("rights_holder")
    register(owner, NIKE)
    other = replace(NIKE, mark="NIKE AIR")
    database.writing(owner, lambda c, p: put_trademarks(c, p.organization_id, [other], now))
    registry.refresh()
    assert names(registry) == ["NIKE AIR"]


def test_a_started_registry_knows_a_new_mark_within_a_second(registry, database, partner, now):
    owner, sequencer = partner("rights_holder"), Sequencer(database)
    registry.start()
    sequencer.start()
    try:
        assert registry.wait_until(0, 10)
        database.writing(owner, lambda c, p: put_trademarks(c, p.organization_id, [NIKE], now))
        started = time.monotonic()
        while registry.version < 1 and time.monotonic() < started + 20:
            time.sleep(0.01)
        assert names(registry) == ["NIKE"]
    finally:
        sequencer.stop()
        registry.stop()


def test_a_start_goes_on_from_the_snapshot_that_was_kept(database, register, partner, now, tmp_path):
    owner = partner("rights_holder")
    register(owner, NIKE)
    Registry(database, lambda: now, folder=tmp_path).refresh()
    kept = (tmp_path / "registry.index").stat().st_mtime_ns
    register(owner, replace(NIKE, reference="2", mark="PUMA"))
    later = Registry(database, lambda: now, folder=tmp_path)
    later.refresh()
    assert (names(later), later.version) == (["NIKE"], 1)
    later.refresh()
    assert (names(later), later.version) == (["NIKE", "PUMA"], 2)
    assert (tmp_path / "registry.index").stat().st_mtime_ns == kept


@pytest.fixture
def outgrown(database, register, registry, partner):
    """A registry whose index wants to be filed anew, and whoever registers."""
    owner = partner("rights_holder")
    for first, behind in ((0, 4_200), (4_200, 8_500)):
        register(owner, *[replace(NIKE, reference=str(n), mark=f"Zor {n} Lub") for n in range(first, behind)])
        while registry.follow():
            pass
    return owner


def test_what_is_registered_while_the_index_is_renewed_is_found_at_once_and_afterwards(
    registry, outgrown, register, database, now
):
    before = registry.begin_renewal()
    assert (before.index.is_outgrown, len(before.index)) == (True, 8_500)
    register(outgrown, replace(NIKE, reference="new", mark="Quintavo"))
    database.writing(outgrown, lambda c, p: delete_trademark(c, p, "77", now))
    Sequencer(database).place()
    registry.follow()
    meanwhile = names(registry)
    assert "Quintavo" in meanwhile
    assert "Zor 77 Lub" not in meanwhile
    registry.end_renewal(before, Snapshot(before.index.rebuilt(), before.version))
    assert (names(registry), registry.version) == (meanwhile, 8_502)
    assert len(registry.index.layers[0]) == 8_499


def test_a_renewal_that_never_ends_costs_nothing_but_another_one(registry, outgrown, register):
    registry.begin_renewal()  # and its process was killed, or its work failed
    register(outgrown, replace(NIKE, reference="new", mark="Quintavo"))
    registry.follow()
    assert "Quintavo" in names(registry)
    registry.renew()
    assert (len(registry.index.layers), len(registry.index)) == (1, 8_501)
    assert registry.begin_renewal() is None


def test_a_file_written_in_the_background_is_followed_on_by_the_next_start(
    database, register, partner, now, tmp_path
):
    owner, registry = partner("rights_holder"), Registry(database, lambda: now, folder=tmp_path)
    register(owner, NIKE)
    registry.follow()
    assert not list(tmp_path.glob("*registry.index*"))
    register(owner, replace(NIKE, reference="2", mark="PUMA"))
    registry.follow()
    registry.renew()
    assert [path.name for path in tmp_path.glob("*registry.index*")] == ["registry.index"]
    later = Registry(database, lambda: now, folder=tmp_path)
    later.follow()
    assert (names(later), later.version) == (["NIKE", "PUMA"], 2)


def test_a_damaged_snapshot_is_replaced(database, register, partner, now, tmp_path):
    register(partner("rights_holder"), NIKE)
    Registry(database, lambda: now, folder=tmp_path).refresh()
    path = tmp_path / "registry.index"
    path.write_bytes(path.read_bytes()[:-1])
    again = Registry(database, lambda: now, folder=tmp_path)
    again.refresh()
    assert names(again) == ["NIKE"]
    assert path.stat().st_size % 4096 == 0


def test_a_registry_without_a_place_to_write_to_works_all_the_same(
    database, register, partner, now, tmp_path
):
    register(partner("rights_holder"), NIKE)
    (tmp_path / "file").write_text("in the way")
    registry = Registry(database, lambda: now, folder=tmp_path / "file")
    registry.refresh()
    assert names(registry) == ["NIKE"]
