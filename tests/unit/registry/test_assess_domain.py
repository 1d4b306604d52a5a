"""Pure rules of rulebooks, assessments, cultivation, party building, designations, brands, programmes, training."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, DateTime

from chassis.errors import ConflictError, InvalidError
from services.registry.assessments import domain as assessments
from services.registry.brands import domain as brands
from services.registry.cultivation import domain as cultivation
from services.registry.designations import domain as designations
from services.registry.party import domain as party
from services.registry.party import models as party_models
from services.registry.programmes import domain as programmes
from services.registry.rulebooks import domain as rulebooks
from services.registry.trainings import domain as trainings

Machine = tuple[dict[tuple[str, str], str], tuple[str, ...], Callable[[str, str], str]]
MACHINES: dict[str, Machine] = {
    "rulebook": (rulebooks.TRANSITIONS, rulebooks.STATUSES, rulebooks.next_status),
    "assessment": (assessments.TRANSITIONS, assessments.STATUSES, assessments.next_status),
    "sheet": (assessments.SHEET_TRANSITIONS, assessments.SHEET_STATUSES, assessments.next_sheet_status),
    "correction": (
        assessments.CORRECTION_TRANSITIONS,
        assessments.CORRECTION_STATUSES,
        assessments.next_correction_status,
    ),
    "appeal": (assessments.APPEAL_TRANSITIONS, assessments.APPEAL_STATUSES, assessments.next_appeal_status),
    "cultivation list": (cultivation.TRANSITIONS, cultivation.STATUSES, cultivation.next_status),
    "party organisation": (party.TRANSITIONS, party.STATUSES, party.next_status),
    "designation": (designations.TRANSITIONS, designations.STATUSES, designations.next_status),
    "brand": (brands.TRANSITIONS, brands.STATUSES, brands.next_status),
    "programme": (programmes.TRANSITIONS, programmes.STATUSES, programmes.next_status),
    "training": (trainings.TRANSITIONS, trainings.STATUSES, trainings.next_status),
    "attendance": (
        trainings.ATTENDANCE_TRANSITIONS,
        trainings.ATTENDANCE_STATUSES,
        trainings.next_attendance_status,
    ),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_pair_of_state_and_action_is_in_the_table_or_a_conflict(machine: str) -> None:
    table, statuses, step = MACHINES[machine]
    for status, action in itertools.product(statuses, {action for _, action in table}):
        if (status, action) in table:
            assert step(status, action) == table[status, action]
        else:
            with pytest.raises(ConflictError):
                step(status, action)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_known_and_reached(machine: str) -> None:
    table, statuses, _ = MACHINES[machine]
    assert {status for status, _ in table} | set(table.values()) == set(statuses)
    reached = {statuses[0]}
    for _ in statuses:
        reached |= {after for (before, _), after in table.items() if before in reached}
    assert reached == set(statuses)


# --- scoring ---------------------------------------------------------------------------------------------------------
def _weights(draw: st.DrawFn, count: int) -> list[int]:
    """``count`` whole weights of at least 1 that sum to 100."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=count - 1, max_size=count - 1)))
    return [after - before for before, after in itertools.pairwise([0, *cuts, 100])]


@st.composite
def panels(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, int]]]:
    """A sound rubric and the sheets of a panel."""
    count = draw(st.integers(1, 8))
    criteria = []
    for index, weight in enumerate(_weights(draw, count)):
        least = draw(st.integers(0, 20))
        most = draw(st.integers(least + 1, least + 200))
        criteria.append({"code": f"c{index}", "weight": weight, "least": least, "most": most})
    rubric = {
        "criteria": criteria,
        "applies_to": "registered",
        "thresholds": [
            {"grade": "1A", "at_least": 50},
            {"grade": "3A", "at_least": 70},
            {"grade": "5A", "at_least": 95},
        ],
        "normalisation": draw(st.sampled_from(("share_of_most", "min_max"))),
        "aggregation": draw(st.sampled_from(("mean", "trimmed_mean", "median"))),
        "trim_from": draw(st.integers(3, 6)),
    }
    rulebooks.check_rubric(rubric)
    sheet = st.fixed_dictionaries({row["code"]: st.integers(row["least"], row["most"]) for row in criteria})
    return rubric, draw(st.lists(sheet, min_size=1, max_size=9))


@given(panels(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_a_score_is_bounded_and_does_not_depend_on_any_order(
    panel: tuple[dict[str, Any], list[dict[str, int]]], chance: random.Random
) -> None:
    rubric, sheets = panel
    result = assessments.tally(rubric, sheets)
    assert 0 <= result.score_hundredths <= 10_000
    assert all(0 <= row["score_hundredths"] <= 10_000 for row in result.criteria)
    mixed = [dict(chance.sample(sorted(sheet.items()), len(sheet))) for sheet in sheets]
    chance.shuffle(mixed)
    again = assessments.tally({**rubric, "criteria": chance.sample(rubric["criteria"], len(rubric["criteria"]))}, mixed)
    assert (again.score_hundredths, again.grade) == (result.score_hundredths, result.grade)


@given(panels())
@settings(max_examples=100, deadline=None)
def test_full_marks_are_a_hundred_and_one_more_point_never_hurts(
    panel: tuple[dict[str, Any], list[dict[str, int]]],
) -> None:
    rubric, sheets = panel
    full = {row["code"]: row["most"] for row in rubric["criteria"]}
    assert assessments.tally(rubric, [full] * len(sheets)).score_hundredths == 10_000
    assert assessments.tally(rubric, [full]).grade == "5A"
    row = rubric["criteria"][0]
    if sheets[0][row["code"]] < row["most"]:
        better = [{**sheets[0], row["code"]: sheets[0][row["code"]] + 1}, *sheets[1:]]
        assert assessments.tally(rubric, better).score_hundredths >= assessments.tally(rubric, sheets).score_hundredths


def test_the_grade_follows_the_exact_score_not_the_rounded_one() -> None:
    rubric = {
        "applies_to": "filed",
        "thresholds": [{"grade": "star_2", "at_least": 60}, {"grade": "star_4", "at_least": 80}],
    }
    assert assessments.grade_of(rubric, Fraction(60)) == "star_2"
    assert assessments.grade_of(rubric, Fraction(79_999_999, 1_000_000)) == "star_2"
    assert assessments.hundredths(Fraction(79_999_999, 1_000_000)) == 8000
    assert assessments.grade_of(rubric, Fraction(80)) == "star_4"
    assert assessments.grade_of(rubric, Fraction(59)) is None
    assert [assessments.level_of(grade) for grade in (None, "1A", "5A", "star_3")] == [0, 1, 5, 3]


def test_named_methods_do_what_their_names_say() -> None:
    values = [Fraction(value) for value in (10, 90, 50, 60, 40)]
    assert assessments.aggregate(values, "mean", trim_from=5) == 50
    assert assessments.aggregate(values, "trimmed_mean", trim_from=5) == 50
    assert assessments.aggregate([*values, Fraction(100)], "trimmed_mean", trim_from=5) == 60
    assert assessments.aggregate(values[:2], "trimmed_mean", trim_from=5) == 50
    assert assessments.aggregate(values, "median", trim_from=5) == 50
    assert assessments.aggregate(values[:4], "median", trim_from=5) == 55
    assert assessments.normalise(30, 20, 40, "min_max") == 50
    assert assessments.normalise(30, 20, 40, "share_of_most") == 75


@given(st.lists(st.integers(1, 100), min_size=1, max_size=12))
@settings(max_examples=80)
def test_weights_that_do_not_sum_to_a_hundred_are_refused(weights: list[int]) -> None:
    criteria = [{"code": f"c{index}", "weight": weight, "least": 0, "most": 10} for index, weight in enumerate(weights)]
    rubric = {"criteria": criteria, "applies_to": "filed", "thresholds": [{"grade": "star_1", "at_least": 60}]}
    if sum(weights) == 100:
        rulebooks.check_rubric(rubric)
    else:
        with pytest.raises(InvalidError, match="rulebook_weights_invalid"):
            rulebooks.check_rubric(rubric)


@pytest.mark.parametrize(
    "thresholds",
    [
        [("1A", 60)],  # of registered organisations, in a rubric for filed ones
        [("star_1", 60), ("star_1", 70)],
        [("star_1", 70), ("star_2", 70)],
        [("star_3", 60), ("star_2", 70)],
    ],
)
def test_thresholds_that_do_not_rise_with_their_grades_are_refused(thresholds: list[tuple[str, int]]) -> None:
    rubric = {
        "criteria": [{"code": "c", "weight": 100, "least": 0, "most": 10}],
        "applies_to": "filed",
        "thresholds": [{"grade": grade, "at_least": least} for grade, least in thresholds],
    }
    with pytest.raises(InvalidError, match="rulebook_thresholds_invalid"):
        rulebooks.check_rubric(rubric)


def test_connected_people_do_not_assess() -> None:
    one = {"organisation_id": "org", "hub_id": "hub", "serving": ["steward"]}
    assert assessments.is_connected(account_id="a", account_organisation="org", **one)  # type: ignore[arg-type]
    assert assessments.is_connected(account_id="a", account_organisation="hub", **one)  # type: ignore[arg-type]
    assert assessments.is_connected(account_id="steward", account_organisation=None, **one)  # type: ignore[arg-type]
    assert not assessments.is_connected(account_id="a", account_organisation=None, **one)  # type: ignore[arg-type]
    assert not assessments.is_connected(
        account_id="a", account_organisation=None, organisation_id="org", hub_id=None, serving=[]
    )


@pytest.mark.parametrize(
    ("kind", "tier", "fits"),
    [("cso", "filed", True), ("hub", "filed", True), ("cso", "registered", False), ("government", "filed", False)],
)
def test_who_is_assessed_by_a_rubric_for_filed_ones(kind: str, tier: str, fits: bool) -> None:
    if fits:
        assessments.check_assessable(kind, tier, "filed")
    else:
        with pytest.raises(ConflictError, match="assessment_tier_mismatch"):
            assessments.check_assessable(kind, tier, "filed")


def test_growth_counts_from_the_baseline() -> None:
    points = [{"team": 10}, {"team": 30, "finance": 50}, {"team": 25, "finance": 70}]
    rows = {row["indicator"]: row for row in assessments.growth(points, 1)}
    assert (rows["team"]["baseline"], rows["team"]["latest"], rows["team"]["growth"]) == (30, 25, -5)
    assert (rows["team"]["best"], rows["team"]["measured"]) == (30, 3)
    assert rows["finance"]["growth"] == 20
    assert assessments.growth([], 0) == []


# --- cultivation -----------------------------------------------------------------------------------------------------
@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    names = ("grade", "capacity", "projects", "party")
    count = draw(st.integers(1, len(names)))
    terms = [
        {"term": name, "weight": weight, "full_at": draw(st.integers(1, 50))}
        for name, weight in zip(names, _weights(draw, count), strict=False)
    ]
    rule = {"terms": terms, "at_least": draw(st.integers(0, 100)), "most": draw(st.integers(1, 6))}
    rulebooks.check_cultivation(rule)
    return rule


@given(rules(), st.data())
@settings(max_examples=150, deadline=None)
def test_the_list_holds_the_best_that_reach_the_threshold_and_says_why(
    rule: dict[str, Any], data: st.DataObject
) -> None:
    organisations = [f"org_{index:02d}" for index in range(8)]
    values = st.dictionaries(st.sampled_from(organisations), st.integers(-5, 80))
    facts = {term["term"]: data.draw(values) for term in rule["terms"]}
    found = cultivation.standings(rule, facts, data.draw(st.permutations(organisations)))
    assert found == cultivation.standings(rule, facts, organisations)
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    assert len(found) <= rule["most"]
    exact = {one: cultivation.score(rule, facts, one)[0] for one in organisations}
    for one in found:
        points, terms = cultivation.score(rule, facts, one.organisation_id)
        assert points >= rule["at_least"]
        assert one.terms == terms
        assert abs(sum(term["score_hundredths"] for term in terms) - points * 100) <= len(terms)
        assert 0 <= one.score_hundredths <= 10_000
    order = sorted(organisations, key=lambda one: (-exact[one], one))
    best = [one for one in order if exact[one] >= rule["at_least"]][: rule["most"]]
    assert [one.organisation_id for one in found] == best


def test_the_hash_of_a_list_does_not_depend_on_the_order_of_its_entries() -> None:
    entries = [{"organisation_id": name, "rank": rank} for name, rank in (("a", 2), ("b", 1))]
    assert cultivation.content_hash(entries) == cultivation.content_hash(entries[::-1])
    assert cultivation.content_hash(entries) != cultivation.content_hash([{**entries[0], "rank": 1}, entries[1]])


# --- party building --------------------------------------------------------------------------------------------------
def test_no_table_of_party_building_can_hold_a_person() -> None:
    """Counts and facts only: no sealed column, no reference to a person, and only texts that this list knows."""
    texts = {
        "district_code", "street_code", "code", "zh", "en", "kind", "status", "topic", "dissolved_reason"
    }  # fmt: skip
    numbers = {"least_members", "member_count", "attendance", "version"}
    references = {"id", "organisation_id", "party_organisation_id"}
    for model in (
        party_models.PartyKind,
        party_models.PartyOrganisation,
        party_models.PartyCover,
        party_models.PartyMemberCount,
        party_models.PartyActivity,
    ):
        for column in model.__table__.columns:
            known = column.name in texts | numbers | references | {"covers", "evidence"}
            assert known or isinstance(column.type, Date | DateTime), f"{model.__tablename__}.{column.name}"
            assert "Sealed" not in type(column.type).__name__


def test_a_branch_needs_three_members() -> None:
    branch = party.DEFAULT_KINDS["branch"]
    party.check_members(branch, 3)
    with pytest.raises(ConflictError, match="party_members_too_few"):
        party.check_members(branch, 2)


# --- brands ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请联系 13812345678 报名", "phone"),
        ("电话：138-1234-5678", "phone"),
        ("电话 +86 138 1234 5678", "phone"),
        ("热线0532-86881234", "phone"),
        ("写信给 zhang.san@example.com", "email"),
        ("身份证 370211199001011234", "identity_number"),
        ("身份证37021119900101123X。", "identity_number"),
    ],
)
def test_public_text_with_personal_data_is_refused_without_repeating_it(text: str, kind: str) -> None:
    with pytest.raises(InvalidError) as refused:
        brands.check_public({"story_zh": text})
    assert refused.value.details == {"field": "story_zh", "found": kind}


@pytest.mark.parametrize(
    "text", ["2019年成立，服务 1380 位老人", "第 370211 号文件", "统一码 52370211MJD1234567", "12345热线"]
)
def test_ordinary_numbers_may_be_told(text: str) -> None:
    brands.check_public({"story_zh": text})


@given(st.integers(0, 3), st.integers(-5, 5), st.one_of(st.none(), st.integers(-5, 5)))
def test_people_are_shown_only_while_their_consent_runs(people: int, since: int, until: int | None) -> None:
    today = date(2026, 6, 1)
    given_on, over = today + timedelta(days=since), None if until is None else today + timedelta(days=until)
    shown = brands.may_be_shown(people=people, consent_on=given_on, consent_until=over, today=today)
    assert shown == (people == 0 or (since <= 0 and (until is None or until >= 0)))
    assert brands.may_be_shown(people=1, consent_on=None, consent_until=None, today=today) is False


def test_minors_need_a_guardian_and_a_photo_is_an_image() -> None:
    today = date(2026, 6, 1)
    consent: dict[str, Any] = {"given_on": today, "document": {}, "guardian": False}
    brands.check_photo("image/png", people=2, minors=False, consent=consent, today=today)
    brands.check_photo("image/png", people=0, minors=False, consent=None, today=today)
    for people, minors, shown in ((1, False, None), (1, True, consent), (0, True, None)):
        with pytest.raises(InvalidError, match="brand_consent_missing"):
            brands.check_photo("image/png", people=people, minors=minors, consent=shown, today=today)
    with pytest.raises(InvalidError, match="brand_photo_type"):
        brands.check_photo("application/pdf", people=0, minors=False, consent=None, today=today)


# --- training --------------------------------------------------------------------------------------------------------
@given(st.integers(0, 2**33), st.integers(10, 600), st.integers(0, 5), st.integers(-10, 10))
@settings(max_examples=200)
def test_a_code_is_good_in_its_window_and_a_few_after_it_only(
    at: int, seconds: int, earlier: int, windows_later: int
) -> None:
    shown = datetime.fromtimestamp(at, UTC)
    code = trainings.code_of("secret", "trs_1", trainings.window_of(shown, seconds))
    later = datetime.fromtimestamp((trainings.window_of(shown, seconds) + windows_later) * seconds, UTC)
    good = 0 <= windows_later <= earlier
    asked: dict[str, Any] = {"at": later, "seconds": seconds, "earlier": earlier}
    if good:
        trainings.check_code(f" {code.lower()}", secret="secret", training_id="trs_1", **asked)
        trainings.check_code(f"trs_1.{code}", secret="secret", training_id="trs_1", **asked)
    else:
        with pytest.raises(InvalidError, match="training_code_invalid"):
            trainings.check_code(code, secret="secret", training_id="trs_1", **asked)
    for wrong in ({"secret": "other", "training_id": "trs_1"}, {"secret": "secret", "training_id": "trs_2"}):
        with pytest.raises(InvalidError):
            trainings.check_code(code, **wrong, **asked)


def test_a_code_that_is_not_ascii_is_wrong_not_a_defect() -> None:
    with pytest.raises(InvalidError):
        trainings.check_code(
            "演示文字", secret="s", training_id="t", at=datetime(2026, 1, 1, tzinfo=UTC), seconds=30, earlier=1
        )


def test_late_is_after_the_grace() -> None:
    start = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert not trainings.is_late(start + timedelta(minutes=10), start, 10)
    assert trainings.is_late(start + timedelta(minutes=10, seconds=1), start, 10)
