"""A request with a key is done once: whoever repeats it, whenever, and whatever fell over in between."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from partners.errors import Conflict, KeyReused, NotFound, Unauthorized
from partners.records.answers import kept_answers
from partners.records.organizations import add_organization, organizations
from partners.repeating import Answer, Keyed, Memory, Repeats, answer_once, forget_repeats

ANSWER = Answer(status=201, headers={"ETag": '"1"'}, body=b'{"id": "x"}')


@pytest.fixture
def memory(database, keyring):
    return Memory(database=database, keyring=keyring, repeats=Repeats(), lasting=timedelta(hours=24))


@pytest.fixture
def keyed(partner):
    return Keyed(claims=partner("marketplace"), operation="create_thing", key="k-1", request="POST /a 1")


@pytest.fixture
def made(database):
    """How many things were made."""

    def count(name="made"):
        with database.surveying("access") as connection:
            named = organizations.c.name == name
            return connection.scalar(select(func.count()).select_from(organizations).where(named))

    return count


@pytest.fixture
def make(database, keyed, now):
    """Make a thing in two steps through two doors, and answer from what was written."""

    def work():
        def write(connection, _):
            return add_organization(connection, "customs", "made", now).id

        made = database.acting("access", write)
        with database.surveying("access") as connection:
            found = connection.scalar(select(organizations.c.id).where(organizations.c.id == made))
        assert found == made
        return ANSWER

    return work


def test_a_repeated_request_is_told_the_same_and_does_nothing(memory, keyed, make, made, now):
    first, second = (answer_once(memory, keyed, make, now) for _ in range(2))
    assert (first, second) == (ANSWER, replace(ANSWER, is_repeated=True))
    assert made() == 1


def test_another_request_with_the_key_is_refused(memory, keyed, make, made, now):
    answer_once(memory, keyed, make, now)
    with pytest.raises(KeyReused):
        answer_once(memory, replace(keyed, request="POST /a 2"), make, now)
    assert made() == 1


@pytest.mark.parametrize("other", [{"operation": "create_other"}, {"key": "k-2"}])
def test_another_operation_or_key_is_another_request(memory, keyed, make, made, now, other):
    answer_once(memory, keyed, make, now)
    assert not answer_once(memory, replace(keyed, **other), make, now).is_repeated
    assert made() == 2


def test_the_same_key_of_another_client_is_another_request(memory, keyed, make, made, now, partner):
    answer_once(memory, keyed, make, now)
    assert not answer_once(memory, replace(keyed, claims=partner("customs")), make, now).is_repeated
    assert made() == 2


def test_a_refusal_changes_nothing_and_leaves_the_key_free(memory, keyed, make, made, now):
    def refuse():
        make()
        raise NotFound("gone")

    with pytest.raises(NotFound):
        answer_once(memory, keyed, refuse, now)
    assert made() == 0
    assert not answer_once(memory, replace(keyed, request="corrected"), make, now).is_repeated


def test_a_crash_of_the_work_leaves_no_half_of_it(memory, keyed, make, made, now):
    def crash():
        make()
        raise SystemExit

    with pytest.raises(SystemExit):
        answer_once(memory, keyed, crash, now)
    assert made() == 0
    assert not answer_once(memory, keyed, make, now).is_repeated


def test_a_secret_is_not_kept(memory, keyed, make, made, now, database):
    secret = replace(keyed, shows_secret=True)
    answer_once(memory, secret, make, now)
    with pytest.raises(Conflict) as refused:
        answer_once(memory, secret, make, now)
    assert refused.value.type == "secret-already-shown"
    with database.surveying("access") as connection:
        assert connection.scalar(select(kept_answers.c.sealed)) is None
    assert made() == 1


def test_nothing_kept_can_be_read_from_the_database(memory, keyed, make, now, database):
    answer_once(memory, replace(keyed, key="my-own-key-7"), make, now)
    with database.surveying("access") as connection:
        row = str(connection.execute(select(kept_answers)).one())
    assert "my-own-key-7" not in row
    assert '"id"' not in row


def test_a_revoked_client_is_told_nothing(memory, keyed, make, now, revoke_token):
    answer_once(memory, keyed, make, now)
    revoke_token(keyed.claims)
    with pytest.raises(Unauthorized):
        answer_once(memory, keyed, make, now)


def test_after_its_time_a_key_is_new_and_its_answer_forgotten(memory, keyed, make, made, now, database):
    answer_once(memory, keyed, make, now)
    later = now + memory.lasting
    assert not answer_once(memory, replace(keyed, request="another"), make, later).is_repeated
    assert made() == 2
    assert forget_repeats(database, later) == 0
    assert forget_repeats(database, later + memory.lasting) == 1


def test_of_twenty_at_once_one_works_and_the_others_wait_or_are_told(memory, keyed, make, made, now):
    outcomes = []

    def send():
        try:
            outcomes.append("told" if answer_once(memory, keyed, make, now).is_repeated else "worked")
        except Conflict as conflict:
            outcomes.append(conflict.type)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("worked") == 1
    assert set(outcomes) <= {"worked", "told", "request-in-flight"}
    assert made() == 1


def test_while_one_works_the_other_is_sent_away_for_a_second(memory, keyed, now):
    refused = []

    def work():
        try:
            answer_once(memory, keyed, lambda: pytest.fail("done twice"), now)
        except Conflict as conflict:
            refused.append((conflict.type, conflict.retry_after))
        return ANSWER

    answer_once(memory, keyed, work, now)
    assert refused == [("request-in-flight", 1)]


def test_another_process_at_work_is_seen_on_postgresql(memory, keyed, now):
    """Each process has `Repeats` of its own: the lock in the database is what they share."""
    if memory.database.dialect == "sqlite":
        return  # processes take turns at writing a file: the later one finds the answer
    outcomes = []

    def other():
        elsewhere = Memory(
            database=memory.database, keyring=memory.keyring, repeats=Repeats(), lasting=memory.lasting
        )
        try:
            answer_once(elsewhere, keyed, lambda: ANSWER, now)
        except Conflict as conflict:
            outcomes.append(conflict.type)

    def work():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return ANSWER

    answer_once(memory, keyed, work, now)
    assert outcomes == ["request-in-flight"]


CHILD = textwrap.dedent("""
    import sys, time
    from datetime import datetime, timedelta
    import msgspec
    from partners.db import Database
    from partners.keys import open_keyring
    from partners.principal import Claims
    from partners.records.clients import admit
    from partners.records.organizations import add_organization
    from partners.repeating import Answer, Keyed, Memory, Repeats, answer_once

    now = datetime.fromisoformat(sys.argv[3])
    database = Database(sys.argv[1], admit, pool_size=2)
    keyed = msgspec.json.decode(sys.argv[2], type=Keyed)
    memory = Memory(database=database, keyring=open_keyring(database, b"m" * 32, now), repeats=Repeats(),
                    lasting=timedelta(hours=24))

    def work():
        database.acting("access", lambda c, _: add_organization(c, "customs", "made", now))
        print("written, not committed", flush=True)
        time.sleep(60)

    answer_once(memory, keyed, work, now)
""")


def test_a_process_killed_in_the_middle_leaves_nothing_and_a_free_key(
    memory, keyed, make, made, now, database_url, project_root
):
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, database_url, msgspec.json.encode(keyed), now.isoformat()],
        stdout=subprocess.PIPE,
        cwd=project_root,
    )
    assert child.stdout.readline().strip() == b"written, not committed"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert made() == 0
    assert not answer_once(memory, keyed, make, now).is_repeated
    assert answer_once(memory, keyed, make, now).is_repeated
    assert made() == 1
