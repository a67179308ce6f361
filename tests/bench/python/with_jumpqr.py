"""Adds the sample rule through jumpqr."""

import driver
import jumpqr


def rule():
    return jumpqr.OrdinaryLinkRule(
        prefix="https://weixin.qq.com/qrcodejump",
        permit_sub_rule=jumpqr.PermitSubRule.NOT_OCCUPIED,
        path="pages/index/index",
        open_version=jumpqr.OpenVersion.DEVELOPMENT,
        debug_url=["https://weixin.qq.com/qrcodejump?a=1", "https://weixin.qq.com/qrcodejump?a=2"],
    )


def settings():
    ca = None
    if driver.CA is not None:
        with open(driver.CA, "rb") as file:
            ca = file.read()
    return {
        "access_token": driver.TOKEN,
        "base_url": driver.BASE_URL,
        "pacing": False,
        "tls_roots": ca,
    }


if __name__ == "__main__":
    client = jumpqr.Client(**settings())
    driver.serve(lambda: lambda: client.add_jump_qr_code(rule()))
