//! Names of classes, wherever a file keeps them.

use std::collections::HashSet;

use serde_json::Value;

/// More classes than any classifier read here has (ImageNet's full set has 21 841).
pub(super) const MOST: usize = 30_000;
const LONGEST: usize = 300;

/// Names in a text with one a line. Where every line begins with its number, as in Teachable Machine's `labels.txt`
/// ("0 Class 1"), the numbers are left out.
pub(super) fn from_lines(text: &str) -> Result<Vec<String>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<&str> =
        text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).take(MOST + 1).collect();
    let numbered = |(number, line): (usize, &&str)| {
        let (first, rest) = line.trim_start().split_once(char::is_whitespace)?;
        (first.parse::<usize>().ok()? == number && !rest.trim().is_empty()).then(|| rest.trim().to_owned())
    };
    let without: Option<Vec<String>> = lines.iter().enumerate().map(numbered).collect();
    checked(without.unwrap_or_else(|| lines.iter().map(|line| line.trim().to_owned()).collect()))
}

/// Names in a JSON value: a list, or an object of numbers and names as `{"0": "a"}` or `{"a": 0}`.
pub(super) fn from_json(value: &Value) -> Result<Vec<String>, String> {
    let bad = || "its labels are not a list of names".to_owned();
    let numbered: Vec<(usize, String)> = match value {
        Value::Array(list) => {
            let names: Option<Vec<String>> = list.iter().map(|name| name.as_str().map(str::to_owned)).collect();
            return checked(names.ok_or_else(bad)?);
        }
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match (key.parse(), value) {
                (Ok(number), Value::String(name)) => Some((number, name.clone())),
                (_, Value::Number(number)) => Some((usize::try_from(number.as_u64()?).ok()?, key.clone())),
                _ => None,
            })
            .collect::<Option<_>>()
            .ok_or_else(bad)?,
        _ => return Err(bad()),
    };
    let mut numbered = numbered;
    numbered.sort_unstable();
    if numbered.iter().enumerate().any(|(place, (number, _))| place != *number) {
        return Err("its labels are not numbered from 0 without gaps".into());
    }
    checked(numbered.into_iter().map(|(_, name)| name).collect())
}

/// Names in the metadata of an ONNX file: JSON, a Python dictionary of numbers and names, names separated by line ends or
/// commas.
pub(super) fn from_text(text: &str) -> Result<Vec<String>, String> {
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        return from_json(&value);
    }
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        return from_json(&Value::Object(python_dictionary(inner).ok_or("its labels are in an unknown form")?));
    }
    if text.starts_with(['{', '[', '"']) {
        return Err("its labels are in an unknown form".into());
    }
    if text.contains('\n') {
        from_lines(text)
    } else {
        checked(text.split(',').map(|name| name.trim().to_owned()).collect())
    }
}

/// `0: 'person', 1: "it's"`.
fn python_dictionary(text: &str) -> Option<serde_json::Map<String, Value>> {
    let mut map = serde_json::Map::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, after) = rest.split_once(':')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let end = after[1..].find(quote)? + 1;
        map.insert(number.trim().to_owned(), Value::String(after[1..end].to_owned()));
        rest = after[end + 1..].trim_start().trim_start_matches(',').trim_start();
    }
    Some(map)
}

/// Refuses lists that cannot be the classes of a network.
pub(super) fn checked(names: Vec<String>) -> Result<Vec<String>, String> {
    if names.is_empty() {
        return Err("it names no class".into());
    }
    if names.len() > MOST {
        return Err(format!("it names more than {MOST} classes"));
    }
    let mut seen = HashSet::new();
    for name in &names {
        if name.trim().is_empty() || name.len() > LONGEST {
            return Err("a class has no name, or one of more than 300 bytes; mend its labels".into());
        }
        if !seen.insert(name.as_str()) {
            return Err(format!("two of its classes are called '{name}'; give one of them another name in its labels"));
        }
    }
    Ok(names)
}

/// Names where there are none.
pub(super) fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("class_{number}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_before_names_are_left_out_only_where_all_lines_have_them() {
        assert_eq!(from_lines("0 Class 1\n1 아래 막기\n").unwrap(), ["Class 1", "아래 막기"]);
        assert_eq!(from_lines("\u{feff}10 km\n5 km\r\n").unwrap(), ["10 km", "5 km"]);
        assert!(from_lines("a\nb\na\n").unwrap_err().contains("'a'"));
        assert!(from_lines("\n \n").is_err());
    }

    #[test]
    fn every_common_form_of_metadata_is_read() {
        for text in [r#"["a","b"]"#, r#"{"1":"b","0":"a"}"#, r#"{"a":0,"b":1}"#, "{0: 'a', 1: \"b\"}", "a\nb", "a, b"] {
            assert_eq!(from_text(text).unwrap(), ["a", "b"], "{text}");
        }
        for text in [r#"{"0":"a","2":"b"}"#, "[1,2]", "{0: a}", "{0: 'a", "", "17", "{'", "{0:'"] {
            assert!(from_text(text).is_err(), "{text}");
        }
        let many = vec!["x"; MOST + 1].join("\n");
        assert!(from_text(&many).is_err());
    }
}
