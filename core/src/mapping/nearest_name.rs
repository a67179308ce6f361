use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::text::edit_distance;

/// Returns what to do about the unknown field `name`. `plural` names the fields in the message.
pub(super) fn remedy(
    name: &str,
    known: impl Iterator<Item = &'static str> + Clone,
    plural: &str,
) -> String {
    if name == "access_token" {
        return "the token belongs to the client: leave it out".into();
    }
    if let Some(nearest) = nearest(name, known.clone()) {
        return format!("did you mean `{nearest}`?");
    }
    let known: Vec<_> = known.collect();
    if known.is_empty() {
        format!("there are no {plural}: leave it out")
    } else {
        format!("the {plural} are {}", known.join(", "))
    }
}

/// Returns the known name that differs least from `name`, if at most a third of it differs.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    known
        .map(|known| (edit_distance(&folded, &fold(known)), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .map(|(_, known)| known)
}

/// Removes case and separators: `isEdit` and `is_Edit` both become `isedit`.
fn fold(name: &str) -> Vec<char> {
    // The cost of the distance grows with the length, and no known name is that long.
    const MAX_LETTERS: usize = 64;
    name.chars()
        .take(MAX_LETTERS)
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_name_finds_the_known_one() {
        let known = ["prefix", "is_edit", "open_version", "debug_url", "appid"];
        for (name, expected) in [
            ("open_verson", Some("open_version")),
            ("debugUrl", Some("debug_url")),
            ("is_Edit", Some("is_edit")),
            ("appId", Some("appid")),
            ("prefx", Some("prefix")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        }
    }
}
