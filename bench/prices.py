"""What AWS takes, in USD in us-east-1, without any free tier, by the price lists of its services:

https://aws.amazon.com/api-gateway/pricing/
https://aws.amazon.com/cloudwatch/pricing/
https://aws.amazon.com/dynamodb/pricing/on-demand/
https://aws.amazon.com/eventbridge/pricing/
https://aws.amazon.com/lambda/pricing/
https://aws.amazon.com/s3/pricing/
https://aws.amazon.com/secrets-manager/pricing/
https://aws.amazon.com/sns/pricing/
https://aws.amazon.com/sqs/pricing/
https://aws.amazon.com/xray/pricing/
"""

PRICED = "2026-06"

LOGGED_GIGABYTE = 0.50
METRIC = 0.30  # a month in which it is told each hour
ALARMED_METRIC = 0.10  # a month, for each metric that an alarm looks at
DASHBOARD = 3.00  # a month
SECRET = 0.40  # a month

PUTS = 5.00e-6  # and lists
GETS = 0.40e-6
READ_UNITS = 0.125e-6
WRITE_UNITS = 0.625e-6
EVENTS = 1.00e-6
MESSAGES = 0.50e-6
INVOCATIONS = 0.20e-6  # without the time that they take
GIGABYTE_SECONDS = 13.3334e-6  # of Lambda, on arm64
DOOR_REQUESTS = 3.50e-6  # of a REST API
QUEUE_REQUESTS = 0.40e-6
FIFO_REQUESTS = 0.50e-6
SECRET_CALLS = 5.00e-6
TRACES = 5.00e-6

STORED_TABLE = 0.25 + 0.20  # a month, for each gigabyte, and for its point-in-time recovery
STORED_BUCKET = 0.023  # a month, for each gigabyte
