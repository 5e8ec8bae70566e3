"""An operator decides about a job: `{"job": "…", "action": "resume" | "resend" | "give_up" |
"compile"}`. Invoked by hand.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.errors import OperatorError
from enrichment.logs import about, logger
from enrichment.pipeline import deployed
from enrichment.usecases.operate import Action


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    asked = event.get("action")
    if asked not in set(Action):
        return {"error": f"the action must be one of: {', '.join(Action)}"}
    job = str(event.get("job", ""))
    with about(job):
        try:
            done = deployed().operate.run(job, Action(asked))
        except OperatorError as error:
            return {"error": str(error)}
        logger.info("operate", extra={"action": asked, "done": done})
    return {"done": done}
