"""What AWS takes, in USD in us-east-1: https://aws.amazon.com/cloudwatch/pricing/"""

PRICED = "2026-06"

LOGGED_GIGABYTE = 0.50
METRIC = 0.30  # a month in which it is told each hour
ALARMED_METRIC = 0.10  # a month, for each metric that an alarm looks at
