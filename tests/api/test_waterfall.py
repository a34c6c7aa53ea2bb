"""The picture of a screening: it is XML, it holds every weight, and nothing of a listing becomes markup."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.waterfall import draw_waterfall
from matching.model import Comparison, Span
from matching.policies import DEFAULT_POLICY
from partners.explaining import explain
from partners.lines import SHIPPED
from partners.records.screenings import KeptMatch, KeptScreening, SeizuresSeen, TrademarkNamed

VALUES = {"plainly_written": 1.0, "letters": 6.0, "strong_replica_cue": 1.0, "ordinary_word": 2.5}
TEXT = "{http://www.w3.org/2000/svg}text"


def screened(mark="Adidas", found="adidas", listing="A-1"):
    match = KeptMatch(
        id=None,
        verdict="alert",
        trademark=TrademarkNamed(id="tm_1", mark=mark, office="EM", registration_number=None),
        found=Span("title", found, 0, len(found)),
        also_found=(),
        similarity=1.0,
        use="replica",
        evasions=(),
        score=0.9,
        reasons=(),
        comparisons=tuple(Comparison(code, value, 0.0) for code, value in VALUES.items()),
        rights_holder_id="org_1",
    )
    return KeptScreening(
        id=None,
        listing=listing,
        verdict="alert",
        score=0.9,
        limits=(),
        matches=(match,) if mark else (),
        seizures=SeizuresSeen(similar="none", reasons=()),
        seller=None,
        policy_version=DEFAULT_POLICY.version,
        registry_version=1,
        screened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def drawn(**texts):
    return ET.fromstring(draw_waterfall(explain(screened(**texts), SHIPPED)))  # noqa: S314 - our own


def test_every_weight_is_written_beside_its_bar():
    explanation = explain(screened(), SHIPPED)
    told = {text.text for text in drawn().iter(TEXT)}
    [candidate] = explanation.candidates
    for part in (candidate.account.named, candidate.account.acted_on):
        assert {f"{evidence.weight:+.2f}" for evidence in part.evidence} <= told


def test_it_has_a_title_and_a_summary_for_those_who_cannot_see_it():
    picture = drawn()
    assert picture.get("role") == "img"
    assert picture[0].text == "Why the advice is alert"
    assert "Adidas: alert" in picture[1].text


def test_it_has_no_script_no_style_and_fetches_nothing():
    picture = drawn(mark="<script>x</script>", found='"/><a href="//evil.example">')
    kinds = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert kinds == {"svg", "title", "desc", "rect", "text", "line", "circle"}
    names = {name for element in picture.iter() for name in element.attrib}
    assert not {name for name in names if "href" in name or name == "style"}


def test_a_screening_without_marks_says_so():
    assert any("nothing to weigh" in (text.text or "") for text in drawn(mark="").iter(TEXT))


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_any_text_is_drawn(mark, found):
    assert drawn(mark=mark, found=found).tag.endswith("svg")


@pytest.mark.parametrize("mark", ["N" * 400, "香奈儿" * 30])
def test_a_long_name_is_shortened(mark):
    assert max(len(text.text or "") for text in drawn(mark=mark).iter(TEXT)) < 120
