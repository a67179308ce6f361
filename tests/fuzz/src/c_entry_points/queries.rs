//! The exports without I/O that return a result at once, compared with the core.

use std::mem::{MaybeUninit, size_of};

use arbitrary::Arbitrary;
use jumpqr_core::ErrCode;
use jumpqr_core::matching::{Mismatch, covers, launch_query, occupies};
use jumpqr_core::verification_file::location;
use jumpqr_fuzz_capi::*;

use super::inputs::InputText;
use super::outcome::{OutPointers, borrow, call_export, call_for_handle, check_faults, read_text};

#[derive(Debug, Arbitrary)]
pub(super) enum Query {
    Covers {
        prefix: InputText,
        link: InputText,
    },
    Occupies {
        prefix: InputText,
        other: InputText,
    },
    Launch {
        link: InputText,
        time: u64,
    },
    Location {
        prefix: InputText,
        file_name: InputText,
    },
    Errcode {
        number: i32,
        index: u16,
    },
    StatusName(i16),
    Init {
        size: u8,
        service_account: bool,
    },
    Null,
}

impl Query {
    pub(super) fn run(&self, pointers: OutPointers) {
        match self {
            Self::Covers { prefix, link } => {
                let (prefix, link) = (prefix.to_text(), link.to_text());
                let mut code = MaybeUninit::new(jumpqr_version());
                let result = call_export(pointers, |error| {
                    let code = pointers.has_output().then_some(&mut code);
                    // SAFETY: both texts are NULL or end with NUL.
                    unsafe { jumpqr_covers(prefix.pointer(), link.pointer(), code, None, error) }
                });
                let given = prefix.read().and_then(|prefix| Ok((prefix, link.read()?)));
                assert_eq!(result.is_ok(), given.is_ok());
                if let (Ok((prefix, link)), true) = (given, pointers.has_output()) {
                    // SAFETY: it was initialised above; the call may have overwritten it.
                    let code = read_text(unsafe { code.assume_init() });
                    assert_eq!(code, covers(prefix, link).err().map(Mismatch::name));
                }
            }
            Self::Occupies { prefix, other } => {
                let (prefix, other) = (prefix.to_text(), other.to_text());
                let mut occupied = MaybeUninit::new(false);
                let result = call_export(pointers, |error| {
                    let occupied = pointers.has_output().then_some(&mut occupied);
                    // SAFETY: both texts are NULL or end with NUL.
                    unsafe { jumpqr_occupies(prefix.pointer(), other.pointer(), occupied, error) }
                });
                let faults = [prefix.read().err(), other.read().err()];
                if check_faults(pointers, &result, &faults) {
                    let expected = prefix
                        .read()
                        .and_then(|prefix| Ok(occupies(prefix, other.read()?)));
                    // SAFETY: it was initialised above; the call may have overwritten it.
                    assert_eq!(Ok(unsafe { occupied.assume_init() }), expected);
                }
            }
            Self::Launch { link, time } => {
                let link = link.to_text();
                let result = call_for_handle(pointers, |query, error| {
                    // SAFETY: the text is NULL or ends with NUL.
                    unsafe { jumpqr_launch_query(link.pointer(), *time, query, error) }
                });
                if check_faults(pointers, &result, &[link.read().err()]) {
                    let expected = link.read().map(|link| launch_query(link, *time));
                    check_string(result.ok().flatten(), expected.ok().as_deref());
                }
            }
            Self::Location { prefix, file_name } => {
                let (prefix, file_name) = (prefix.to_text(), file_name.to_text());
                let result = call_for_handle(pointers, |url, error| {
                    // SAFETY: both texts are NULL or end with NUL.
                    unsafe {
                        jumpqr_verification_file_location(
                            prefix.pointer(),
                            file_name.pointer(),
                            url,
                            error,
                        )
                    }
                });
                let faults = [prefix.read().err(), file_name.read().err()];
                if check_faults(pointers, &result, &faults) {
                    let expected = prefix
                        .read()
                        .and_then(|prefix| Ok(location(prefix, file_name.read()?)));
                    check_string(result.ok().flatten(), expected.ok().flatten().as_deref());
                }
            }
            Self::Errcode { number, index } => {
                let number = i64::from(*number);
                let all = ErrCode::all().get(usize::from(*index));
                check_errcode(jumpqr_errcode_lookup(number), ErrCode::lookup(number));
                check_errcode(jumpqr_errcode_at((*index).into()), all);
            }
            Self::StatusName(status) => {
                let name = read_text(jumpqr_status_name((*status).into()));
                assert_eq!(name.is_some_and(|name| name == "ok"), *status == 0);
            }
            Self::Init {
                size,
                service_account,
            } => {
                // A size that may belong to no version, and the size of the whole struct.
                check_init((*size).into(), *service_account);
                check_init(size_of::<jumpqr_ordinary_link_rule>(), *service_account);
            }
            Self::Null => check_null(),
        }
    }
}

fn check_string(string: Option<Box<jumpqr_string>>, expected: Option<&str>) {
    assert_eq!(read_text(jumpqr_string_text(string.as_deref())), expected);
    jumpqr_string_free(string);
}

fn check_errcode(found: *const jumpqr_errcode, expected: Option<&ErrCode>) {
    let found = borrow(found);
    assert_eq!(found.is_some(), expected.is_some());
    let number = expected.map_or(0, |code| code.number);
    assert_eq!(jumpqr_errcode_number(found), number);
    let name = expected.map(|code| code.name);
    assert_eq!(read_text(jumpqr_errcode_name(found)), name);
    let advice = expected.map(|code| code.advice);
    assert_eq!(read_text(jumpqr_errcode_advice(found)), advice);
}

/// Checks that `_init` does not write beyond the caller's struct.
fn check_init(size: usize, service_account: bool) {
    const FILL: u64 = 0x5a5a_5a5a_5a5a_5a5a;
    let mut room = [FILL; 40];
    let start = room.as_mut_ptr();
    if service_account {
        // SAFETY: the buffer has at least `size` bytes, with the alignment of a pointer.
        unsafe { jumpqr_service_account_rule_init(start.cast(), size) };
    } else {
        // SAFETY: the buffer has at least `size` bytes, with the alignment of a pointer.
        unsafe { jumpqr_ordinary_link_rule_init(start.cast(), size) };
    }
    let bytes: Vec<u8> = room.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let (own, beyond) = bytes.split_at(size);
    assert!(beyond.iter().all(|byte| *byte == 0x5a), "{size}");
    if let Some((first, rest)) = own.split_first_chunk() {
        assert_eq!(usize::from_ne_bytes(*first), size);
        assert!(rest.iter().all(|byte| *byte == 0), "{size}");
    } else {
        assert!(own.iter().all(|byte| *byte == 0x5a), "{size}");
    }
}

/// Checks that functions of NULL return nothing, and that freeing NULL does nothing.
fn check_null() {
    assert_eq!(read_text(jumpqr_rule_prefix(None)), None);
    assert_eq!(jumpqr_rule_is_edit(None), -1);
    assert!(!jumpqr_check_report_is_valid(None));
    assert!(jumpqr_check_report_violation(None, 0).is_null());
    assert_eq!(jumpqr_error_status(None), jumpqr_status::Ok);
    assert_eq!(read_text(jumpqr_error_message(None)), None);
    assert_eq!(jumpqr_jump_qr_code_list_rule_count(None), 0);
    assert_eq!(jumpqr_listed_rule_state(None), -1);
    assert_eq!(jumpqr_token_status_age_seconds(None), -1);
    assert_eq!(read_text(jumpqr_token_request_rejected(None)), None);
    jumpqr_rule_free(None);
    jumpqr_rule_set_free(None);
    jumpqr_check_report_free(None);
    jumpqr_error_free(None);
    jumpqr_string_free(None);
    jumpqr_client_free(None);
    jumpqr_client_config_free(None);
    jumpqr_platform_free(None);
    jumpqr_rules_free(None);
    jumpqr_token_status_free(None);
}
