use serde_json::json;

use crate::caller::{Caller, errcode};

#[test]
fn an_account_always_has_the_same_verification_file() {
    let caller = Caller::new();
    let file = caller.call_as_mini_program("qrcodejumpdownload", &json!({}));
    let name = file["file_name"].as_str().unwrap();
    assert_eq!(name.strip_suffix(".txt").unwrap().len(), 10, "{name}");
    assert_eq!(file["file_content"].as_str().unwrap().len(), 32);
    assert_eq!(
        file,
        caller.call_as_mini_program("qrcodejumpdownload", &json!({}))
    );
    assert_eq!(
        file,
        Caller::new().call_as_mini_program("qrcodejumpdownload", &json!({}))
    );
    let response = caller.call_as_service_account("qrcodejumpdownload", &json!({}));
    assert_eq!(
        errcode(&response),
        61007,
        "there is no file in service-account mode"
    );
}
