"""Adds a rule in the sandbox, publishes it, and prints it."""

from jumpqr import OpenVersion, OrdinaryLinkRule, PermitSubRule
from jumpqr.testing import Sandbox

rule = OrdinaryLinkRule(
    prefix="https://m.example.cn/table/",
    path="pages/index/index",
    open_version=OpenVersion.DEVELOPMENT,
    permit_sub_rule=PermitSubRule.NOT_OCCUPIED,
    debug_url=["https://m.example.cn/table/?id=1"],
)

with Sandbox() as sandbox, sandbox.client() as client:
    client.add_jump_qr_code(rule)
    client.publish_jump_qr_code(rule.prefix)
    for listed in client.rules():
        print(listed.prefix, "opens", listed.path)
