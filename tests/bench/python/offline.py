"""Prints what checking the sample takes, and finding the rule that covers a link among few and many.

It is a line of JSON with nanoseconds, by what they are for.
"""

import json
import time

import jumpqr

# Of so many attempts, the best counts: what disturbs one makes it longer.
ATTEMPTS = 10

# So many links are looked up, spread over all rules.
LINKS = 1000

SAMPLE = jumpqr.OrdinaryLinkRule(
    prefix="https://weixin.qq.com/qrcodejump",
    permit_sub_rule=jumpqr.PermitSubRule.NOT_OCCUPIED,
    path="pages/index/index",
    open_version=jumpqr.OpenVersion.DEVELOPMENT,
    debug_url=["https://weixin.qq.com/qrcodejump?a=1", "https://weixin.qq.com/qrcodejump?a=2"],
)


def best(each, arguments):
    """Return the nanoseconds that one takes."""
    attempts = []
    for _ in range(ATTEMPTS):
        begun = time.perf_counter_ns()
        for argument in arguments:
            each(argument)
        attempts.append(time.perf_counter_ns() - begun)
    return min(attempts) / len(arguments)


taken = {"check": best(jumpqr.check, [SAMPLE] * LINKS)}
for count in [10, 1000, 100_000]:
    prefixes = [f"https://m.example.cn/{number}/" for number in range(count)]
    links = [prefixes[number * 7919 % count] + "a?b=1" for number in range(LINKS)]
    taken[f"match among {count} rules"] = best(jumpqr.RuleSet(prefixes).match_url, links)
print(json.dumps(taken))
