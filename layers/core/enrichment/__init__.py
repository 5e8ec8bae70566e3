"""Contact enrichment: a file in a bucket comes back with e-mails or phone numbers filled in.

`domain` holds the rules as pure functions of data, `adapters` the edges (DynamoDB, S3, SQS, the
provider), `usecases` one module for each thing the pipeline does. Imports point from use cases to
the other two, never back.
"""

import gc

# By itself Python looks for cycles after each 700 objects. What begins makes some 100,000 and
# leaves no cycles, and to look took a tenth of that time.
gc.set_threshold(100_000, 10, 10)

__version__ = "0.1.0"
