"""What AWS takes, in USD in us-east-1: https://aws.amazon.com/cloudwatch/pricing/ and, for each of
the calls below, the price lists of its service.
"""

PRICED = "2026-06"

LOGGED_GIGABYTE = 0.50
METRIC = 0.30  # a month in which it is told each hour
ALARMED_METRIC = 0.10  # a month, for each metric that an alarm looks at

PUTS = 5.00e-6
GETS = 0.40e-6
READ_UNITS = 0.125e-6
WRITE_UNITS = 0.625e-6
EVENTS = 1.00e-6
MESSAGES = 0.50e-6
INVOCATIONS = 0.20e-6  # without the time that they take
GIGABYTE_SECONDS = 13.3334e-6  # of functions on arm64
DOOR_REQUESTS = 3.50e-6  # to a REST API
QUEUE_CALLS = 0.40e-6
