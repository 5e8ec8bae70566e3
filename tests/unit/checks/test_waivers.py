"""What is wrong with findings and waivers, and what is not."""

from checks.waivers import Finding, Waiver, by_origin, complaints, waivers

FINDING = Finding("CKV_1", "Bucket", "It has no log.")


def test_a_finding_that_nobody_accepted_is_to_be_mended() -> None:
    assert list(complaints([FINDING, FINDING], [])) == ["Bucket: CKV_1: It has no log."]


def test_a_finding_that_is_waived_beside_its_resource_is_not() -> None:
    assert not list(complaints([FINDING], [Waiver("CKV_1", "Bucket", "It is empty.")]))


def test_a_waiver_covers_no_other_resource() -> None:
    [finding, waiver] = complaints([FINDING], [Waiver("CKV_1", "BucketLogs", "It is empty.")])
    assert finding.startswith("Bucket: CKV_1")
    assert waiver == "BucketLogs: CKV_1 is waived, but nothing finds it"


def test_a_waiver_that_waives_nothing_is_to_be_removed() -> None:
    [complaint] = complaints([], [Waiver("CKV_1", "Bucket", "It is empty.")])
    assert complaint == "Bucket: CKV_1 is waived, but nothing finds it"


def test_a_waiver_has_a_reason() -> None:
    [complaint] = complaints([FINDING], [Waiver("CKV_1", "Bucket", "")])
    assert complaint == "Bucket: CKV_1 is waived without a reason"


def test_a_waiver_may_name_a_part_of_what_a_rule_found() -> None:
    waiver = Waiver("IAM5[Resource::<Bucket.Arn>/*]", "Role", "People name their files.")
    assert waiver.covers(Finding("IAM5[Resource::<Bucket.Arn>/work/*]", "Role", ""))
    assert not waiver.covers(Finding("IAM5[Action::s3:*]", "Role", ""))


def test_waivers_stand_in_groups_beside_their_resource() -> None:
    shared = {"CKV_1": "It is empty.", "CKV_2": "It is small."}
    resources = {
        "One": {"Metadata": {"Waivers": [shared, {"S1": " Nobody reads it. "}]}},
        "Two": {},
    }
    assert waivers(resources) == [
        Waiver("CKV_1", "One", "It is empty."),
        Waiver("CKV_2", "One", "It is small."),
        Waiver("S1", "One", "Nobody reads it."),
    ]


def test_what_sam_made_of_a_resource_counts_as_that_resource() -> None:
    made = [Finding("R", name, "") for name in ("TickQueuePolicy", "TickQueue", "Tick", "Other")]
    written = ("Tick", "TickQueue")
    assert [finding.resource for finding in by_origin(made, written)] == [
        *("TickQueue", "TickQueue", "Tick", "Other"),
    ]
