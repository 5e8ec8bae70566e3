"""What one fresh process takes to begin, in seconds of CPU time: `python -IS bench/fresh.py TASK`,
where the task is JSON: `path`, where packages are; `variables` of the environment; and `function`
or `clients`.

With `function`, its handler is imported and its use case made; with `clients`, botocore's of these
services, which is what somebody would write who needs no more. `events`, each of some messages, are
then handled one by one, or their results put without more ado. Nothing is imported here that a
handler might need, not even `typing`, lest it be free.
"""

# mypy: ignore-errors

import sys
from time import process_time


class Context:
    """What Lambda tells of a run."""

    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:bench"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Milliseconds of a run that has just begun."""
        return 20_000


def begun(task, handle):
    """Seconds to begin, for the first event and for all later ones; and whose clients were made."""
    before = process_time()
    run, made = handle(task)
    times = [process_time() - before]
    for some in (task["events"][:1], task["events"][1:]):
        before = process_time()
        for event in some:
            run(event)
        times.append(process_time() - before)
    return {"begin": times[0], "first": times[1], "later": times[2], "made": made()}


def function(task):
    """A handler with its use case, and what runs it."""
    import handler

    from enrichment.pipeline import deployed

    name = task["function"]
    pipeline = handler.deployed(handler.BRISK) if hasattr(handler, "BRISK") else deployed()
    getattr(pipeline, name)
    return lambda event: handler.handler(event, Context()), lambda: sorted(vars(pipeline.clients))


def clients(task):
    """botocore's clients of some services, and what puts the results of an event."""
    from botocore.session import get_session

    session = get_session()
    made = {service: session.create_client(service) for service in task["clients"]}

    def put(event):
        for record in event["Records"]:
            item = {"pk": {"S": record["messageId"]}, "payload": {"S": record["body"]}}
            made["dynamodb"].put_item(
                TableName="table", Item=item, ConditionExpression="attribute_not_exists(pk)"
            )

    return put, lambda: sorted(made)


if __name__ == "__main__":
    import json
    import os

    chosen = json.loads(sys.argv[1])
    sys.path[:0] = chosen["path"]
    os.environ.update(chosen["variables"])
    kind = function if chosen.get("function") else clients
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # pathlib would be imported
        out, sys.stdout = sys.stdout, nowhere
        found = begun(chosen, kind)
        sys.stdout = out
    print(json.dumps(found))
