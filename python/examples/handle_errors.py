"""What to do after an error: it depends on the kind."""

from jumpqr import JumpqrError, StateError, ValidationError
from jumpqr.testing import Sandbox

with Sandbox() as sandbox, sandbox.client() as client:
    try:
        client.publish_jump_qr_code("https://m.example.cn/other/")
    except ValidationError as error:
        print("change the request:", error.violations)
    except StateError as error:
        print("first add the rule:", error.code)
    except JumpqrError as error:
        print("call again" if error.retryable else error.advice)
