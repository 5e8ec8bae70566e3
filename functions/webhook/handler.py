"""Results that the door accepted are stored. Fed by SQS with up to ten at a time, each the body of
one webhook.
"""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.adapters.clients import BRISK
from enrichment.errors import ForgedWebhook, KeyNotRead, SettingsError, WebhookError
from enrichment.logs import logger
from enrichment.pipeline import deployed

# What one result may take at worst: two writes, each tried to the end of its client's patience.
NEEDED = 2 * BRISK.longest * 1000


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    pipeline = deployed(BRISK)
    webhook, done = pipeline.webhook, Counter[str]()
    left: list[dict[str, str]] = []  # in the queue, from which they come again
    no_keys = False
    for record in event["Records"]:
        if no_keys or context.get_remaining_time_in_millis() < NEEDED:
            left.append({"itemIdentifier": record["messageId"]})
            continue
        # What came in whatever form must not be tried for ever because it cannot be encoded.
        body = record["body"].encode(errors="surrogatepass")
        sent_at = int(record["attributes"]["SentTimestamp"]) // 1000
        try:
            done[webhook.run(body, sent_at)] += 1
        except ForgedWebhook:
            done["forged"] += 1
        except WebhookError:
            done["malformed"] += 1
        except KeyNotRead:
            left.append({"itemIdentifier": record["messageId"]})
        except Exception as error:
            # Only the type is logged, as the text may quote the message. SettingsError is about
            # the signing key, without which the rest need not try.
            no_keys = isinstance(error, SettingsError)
            logger.error("webhook", extra={"kept": type(error).__name__})
            left.append({"itemIdentifier": record["messageId"]})
    for name, metric in (("forged", "ForgedWebhooks"), ("malformed", "MalformedWebhooks")):
        if done[name]:
            pipeline.metrics.count(metric, done[name])
    logger.info("webhooks", extra=dict(done) | {"left": len(left)})
    return {"batchItemFailures": left}
