//! Prints the codes of `qr.json` anew, as the table `codes`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool of these tests"
)]

use data_encoding::HEXLOWER;
use jumpqr_qr::{Level, QrCode};
use jumpqr_tests::load;
use jumpqr_tests::qr::Codes;
use serde_json::{Value, json};

fn main() {
    let file: Codes = load().unwrap();
    for vector in file.codes {
        let link = String::from_utf8(vector.link.bytes().unwrap()).unwrap();
        let level = vector.level.as_deref();
        let level = level.map_or(Level::default(), |name| Level::from_name(name).unwrap());
        let code = QrCode::new(&link, level).unwrap();
        let digit = |dark: bool| if dark { '1' } else { '0' };
        let rows = code.matrix().into_iter();
        let matrix: Vec<String> = rows
            .map(|row| row.into_iter().map(digit).collect())
            .collect();
        let png = HEXLOWER.encode(&code.png(vector.scale).unwrap());
        let mut printed = json!({
            "name": vector.name,
            "link": link,
            "level": vector.level,
            "caption": vector.caption,
            "scale": vector.scale,
            "code": { "level": code.level(), "version": code.version(), "matrix": matrix },
            "svg": code.svg(vector.caption.as_deref()),
            "png": { "base16": png },
        });
        if let Value::Object(members) = &mut printed {
            members
                .retain(|name, value| !value.is_null() && (name != "scale" || *value != json!(1)));
        }
        println!("{}", serde_json::to_string_pretty(&printed).unwrap());
    }
}
