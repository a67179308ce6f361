//! The error-correction level is at least the one that was asked for.

use jumpqr_core::check::FindingCode;
use jumpqr_qr::{Level, QrCode};

#[test]
fn a_higher_level_is_used_only_if_the_code_stays_as_small() {
    let link = "https://m.example.cn/t/7";
    let sizes = Level::ALL.iter().map(|level| {
        let code = QrCode::new(link, *level).unwrap();
        (code.level().name(), code.size())
    });
    let sizes: Vec<_> = sizes.collect();
    assert_eq!(sizes, [("M", 25), ("M", 25), ("H", 29), ("H", 29)]);
}

#[test]
fn the_default_is_medium() {
    assert_eq!(Level::default(), Level::Medium);
}

#[test]
fn a_level_is_found_by_its_name() {
    for level in Level::ALL {
        assert_eq!(Level::from_name(level.name()).unwrap(), *level);
    }
    for name in ["", "m", "Medium", "X"] {
        let error = Level::from_name(name).unwrap_err();
        let finding = &error.violations()[0];
        assert_eq!(
            (&*finding.field, finding.code),
            ("level", FindingCode::UnknownValue)
        );
    }
}
