"""What errors are like in Python."""

from __future__ import annotations

import copy
import pickle
import sys
import traceback

import pytest

import jumpqr
from jumpqr import Client, ErrorKind, JumpqrError, Outcome, _exceptions
from jumpqr.testing import Sandbox, SandboxError
from scripted_server import Close, Recorder, serving

RULE = {
    "prefix": "https://m.example.cn/",
    "path": "pages/a",
    "open_version": 1,
    "permit_sub_rule": 1,
}


def test_an_error_has_all_its_parts(jumpqr_sandbox: Sandbox) -> None:
    # The fault hits the request for the token first.
    with jumpqr_sandbox.client() as client:
        client.get_jump_qr_code()
        jumpqr_sandbox.inject("errcode", errcode=85072)
        with pytest.raises(jumpqr.StateError) as ended:
            client.add_jump_qr_code(RULE)
    error = ended.value
    assert (error.kind, error.code, error.errcode) == (
        ErrorKind.STATE,
        "prefix_owned_by_other",
        85072,
    )
    assert error.interface == "addJumpQRCode"
    assert error.outcome is Outcome.NOT_APPLIED
    assert not error.retryable
    assert error.errmsg is not None
    assert error.rid is not None
    assert error.errmsg.endswith(error.rid)
    known = jumpqr.errcode(85072)
    assert known is not None
    assert error.advice == known.advice
    assert error.violations == ()
    assert str(error).startswith("addJumpQRCode: errcode 85072: ")


@pytest.mark.skipif(
    sys.version_info < (3, 11), reason="exceptions have no notes before Python 3.11"
)
def test_an_error_that_nobody_catches_says_what_to_do() -> None:
    with Client(access_token="T") as client, pytest.raises(jumpqr.ValidationError) as ended:
        client.publish_jump_qr_code("")
    assert ended.value.advice in "".join(traceback.format_exception(ended.value))
    again = pickle.loads(pickle.dumps(ended.value))
    assert traceback.format_exception_only(again) == traceback.format_exception_only(ended.value)


def test_errors_are_pickled_and_copied_whole() -> None:
    with Client(access_token="T") as client, pytest.raises(jumpqr.ValidationError) as ended:
        client.add_jump_qr_code({"prefix": "m.example.cn"})
    error = ended.value
    assert isinstance(error, ValueError)
    assert len(error.violations) == 4
    copies: list[JumpqrError] = [
        pickle.loads(pickle.dumps(error)),
        copy.copy(error),
        copy.deepcopy(error),
    ]
    for other in copies:
        assert type(other) is jumpqr.ValidationError
        assert (str(other), repr(other)) == (str(error), repr(error))
        assert {**vars(other)} == {**vars(error)}


PARTS: dict[str, object] = {
    "kind": "invalid",
    "code": "c",
    "interface": None,
    "errcode": 1,
    "errmsg": "m",
    "rid": None,
    "message": "m",
    "advice": "a",
    "retryable": False,
    "outcome": "unknown",
    "violations": [],
    "text": "t",
}


@pytest.mark.parametrize("name", _exceptions.__all__)
def test_every_class_can_be_pickled(name: str) -> None:
    error = _exceptions.from_parts({**PARTS, "class": name})
    assert type(error) is getattr(jumpqr, name)
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)


def test_only_a_refusal_of_jumpqr_is_a_value_error() -> None:
    assert issubclass(jumpqr.ValidationError, ValueError)
    assert not issubclass(jumpqr.InvalidError, ValueError)


def test_an_unknown_outcome_names_its_cause() -> None:
    server = Recorder(Close())
    with serving(server) as url, pytest.raises(jumpqr.NetworkError) as ended:
        Client(access_token="T", base_url=url, max_retries=0).add_jump_qr_code(RULE)
    assert ended.value.outcome is Outcome.UNKNOWN
    # Reading back failed as well.
    assert isinstance(ended.value.__cause__, jumpqr.NetworkError)


def test_a_refusal_of_the_sandbox_can_be_pickled() -> None:
    with pytest.raises(SandboxError) as ended:
        Sandbox(port=-1)
    assert (
        str(pickle.loads(pickle.dumps(ended.value)))
        == str(ended.value)
        == "port is -1; give 0 to 65535"
    )
