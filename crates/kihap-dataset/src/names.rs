//! Names that are safe as a folder or file inside the dataset.

use std::path::{Component, Path};

use unicode_normalization::UnicodeNormalization;

use crate::error::{DatasetError, Result};

/// File systems allow 255 bytes in a name; the rest is room for what is appended to keep names apart.
const MAX_BYTES: usize = 200;

/// Files of the dataset itself, which no class may be called.
const RESERVED: [&str; 4] = ["kihap.toml", "samples.db", "features.db", "models"];

/// The name in the form it is stored in: without space around it, and composed (NFC), since macOS hands out Hangul
/// file names decomposed into single letters.
pub(crate) fn composed(name: &str) -> String {
    name.trim().nfc().collect()
}

/// Checks that `name` can be a class, and returns it composed (NFC).
///
/// Hangul, spaces and punctuation are welcome. Refused are names that leave the dataset's folder or hide in it:
/// path separators, control characters, a leading dot, `..`.
pub fn class_name(name: &str) -> Result<String> {
    let name = composed(name);
    let refuse = |reason| Err(DatasetError::ClassName { name: name.clone(), reason });
    if name.is_empty() {
        return refuse("the name is empty");
    }
    if name.contains(['/', '\\']) {
        return refuse("it contains a path separator; leave out '/' and '\\'");
    }
    if name.chars().any(char::is_control) {
        return refuse("it contains a control character; leave it out");
    }
    if name.starts_with('.') {
        return refuse("it starts with a dot, and such folders are hidden; choose another first letter");
    }
    if name.ends_with('.') {
        return refuse("it ends with a dot, which Windows cannot store; leave it out");
    }
    if name.len() > MAX_BYTES {
        return refuse("it is longer than 200 bytes; choose a shorter one");
    }
    if RESERVED.iter().any(|r| name.eq_ignore_ascii_case(r)) {
        return refuse("a file of the dataset has this name; choose another");
    }
    Ok(name)
}

/// Whether a recorded file lies inside the dataset's folder: a record that came from elsewhere may say anything.
pub(crate) fn is_inside(file: &str) -> bool {
    !file.is_empty() && Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}

/// A file name (without extension) made from any text: what a file system may refuse becomes `_`.
pub(crate) fn file_stem(text: &str) -> String {
    let mut stem: String = composed(text)
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c })
        .collect::<String>()
        .trim_start_matches('.')
        .to_string();
    while stem.len() > MAX_BYTES / 2 {
        stem.pop();
    }
    if stem.is_empty() { "picture".to_string() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_spaces_and_punctuation_are_fine() {
        for name in ["몸통지르기", "low block (left)", "front_kick+trunk_punch", "아래 막기"] {
            assert_eq!(class_name(name).unwrap(), name);
        }
    }

    #[test]
    fn decomposed_hangul_is_the_same_name() {
        let decomposed = "\u{1106}\u{1169}\u{11b7}"; // 몸 in single letters
        assert_eq!(class_name(decomposed).unwrap(), "몸");
    }

    #[test]
    fn path_tricks_are_refused() {
        let long = "x".repeat(300);
        for name in ["", " ", ".", "..", "../up", "a/b", "a\\b", ".hidden", "a\nb", "a\0b", "end.", "samples.db", &long]
        {
            assert!(class_name(name).is_err(), "{name:?} was accepted");
        }
    }

    #[test]
    fn recorded_files_stay_inside() {
        assert!(is_inside("앞차기/a b.jpg"));
        for file in ["", "../up.jpg", "a/../../up.jpg", "/etc/passwd"] {
            assert!(!is_inside(file), "{file:?}");
        }
    }

    #[test]
    fn stems_lose_what_file_systems_refuse() {
        assert_eq!(file_stem("a/b:c"), "a_b_c");
        assert_eq!(file_stem("..."), "picture");
        assert!(file_stem(&"가".repeat(200)).len() <= 100);
    }
}
