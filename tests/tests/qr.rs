//! Each vector of `qr.json`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Debug;

use jumpqr::Error;
use jumpqr_qr::{Level, QrCode};
use jumpqr_tests::qr::{CodeShape, CodeVector, Codes, RefusedCodeVector};
use jumpqr_tests::settings::SettingFinding;
use jumpqr_tests::{Raw, count, load, report};

fn encode(link: &Raw, level: Option<&str>) -> Result<QrCode, Error> {
    let level = level.map_or(Ok(Level::default()), Level::from_name)?;
    let link = String::from_utf8(link.bytes().unwrap()).unwrap();
    QrCode::new(link, level)
}

fn shape(code: &QrCode) -> CodeShape {
    let digit = |dark: &bool| if *dark { '1' } else { '0' };
    let rows = code.matrix();
    CodeShape {
        level: code.level().name().to_owned(),
        version: code.version(),
        matrix: rows
            .iter()
            .map(|row| row.iter().map(digit).collect())
            .collect(),
    }
}

fn compare<T: PartialEq + Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}"))
}

fn check(vector: &CodeVector) -> Result<(), String> {
    let code = encode(&vector.link, vector.level.as_deref()).map_err(|error| error.to_string())?;
    let png = code.png(vector.scale).map_err(|error| error.to_string())?;
    compare("code", &vector.code, &shape(&code))?;
    compare("svg", &vector.svg, &code.svg(vector.caption.as_deref()))?;
    compare("png", &vector.png.bytes()?, &png)
}

fn check_refused(vector: &RefusedCodeVector) -> Result<(), String> {
    let code = encode(&vector.link, vector.level.as_deref());
    let drawn = code.and_then(|code| code.png(vector.scale));
    let error = drawn.err().ok_or("it is not refused")?;
    let findings: Vec<_> = error
        .violations()
        .iter()
        .map(|finding| SettingFinding {
            field: finding.field.clone(),
            code: finding.code.name().to_owned(),
        })
        .collect();
    compare("findings", &vector.findings, &findings)?;
    let unsaid = vector
        .says
        .iter()
        .find(|text| !error.message().contains(*text));
    compare("unsaid", &None, &unsaid)
}

#[test]
fn every_link_has_its_pictures_or_is_refused() {
    let file: Codes = load().unwrap();
    let codes = file.codes.iter();
    let codes = codes.map(|vector| (&*vector.name, check(vector)));
    let refused = file.refused.iter();
    let refused = refused.map(|vector| (&*vector.name, check_refused(vector)));
    let run = report(codes.chain(refused)).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Codes>(run);
}
