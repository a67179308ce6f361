"""Measures the check of the sample, and matching a link against few and many rules.

Prints a line of JSON: nanoseconds by operation.
"""

import json
import time

import jumpqr

# The best of several attempts counts: disturbances only make an attempt longer.
ATTEMPTS = 10

# The number of matched links, spread over all rules.
LINKS = 1000

SAMPLE = jumpqr.OrdinaryLinkRule(
    prefix="https://weixin.qq.com/qrcodejump",
    permit_sub_rule=jumpqr.PermitSubRule.NOT_OCCUPIED,
    path="pages/index/index",
    open_version=jumpqr.OpenVersion.DEVELOPMENT,
    debug_url=["https://weixin.qq.com/qrcodejump?a=1", "https://weixin.qq.com/qrcodejump?a=2"],
)


def measure_best(each, arguments):
    """Returns the nanoseconds of one operation."""
    attempts = []
    for _ in range(ATTEMPTS):
        begun = time.perf_counter_ns()
        for argument in arguments:
            each(argument)
        attempts.append(time.perf_counter_ns() - begun)
    return min(attempts) / len(arguments)


taken = {"check": measure_best(jumpqr.check, [SAMPLE] * LINKS)}
for count in [10, 1000, 100_000]:
    prefixes = [f"https://m.example.cn/{number}/" for number in range(count)]
    links = [prefixes[number * 7919 % count] + "a?b=1" for number in range(LINKS)]
    taken[f"match among {count} rules"] = measure_best(jumpqr.RuleSet(prefixes).match_url, links)
print(json.dumps(taken))
