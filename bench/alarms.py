"""What alarms look at, which is what they cost by."""

from checks.transform import watching


def alarmed_metrics() -> int:
    """The metrics that alarms look at, each of which is paid for."""
    found = [
        resource["Properties"]
        for resource in watching()["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    return sum(
        sum("MetricStat" in each for each in alarm.get("Metrics", [])) or 1 for alarm in found
    )
