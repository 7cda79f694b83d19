//! Splits that somebody else laid down, such as those that published numbers were measured on.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{DatasetError, Result};
use crate::sample::Sample;

#[derive(Debug, Deserialize)]
struct File {
    splits: Vec<Split>,
}

/// Persons by name, or by number: 4 is `4`, `04`, `s4` or `s04`.
#[derive(Debug, Deserialize)]
struct Split {
    #[serde(alias = "test_subjects")]
    test_persons: Option<Vec<Value>>,
    #[serde(alias = "train_subjects")]
    train_persons: Option<Vec<Value>>,
}

/// Reads a JSON file of splits by person, and says for each split which of `samples` are in its test part.
///
/// The file is `{"splits": [{"test_persons": ["Kim", …]}, …]}`, or as MSR Action3D's:
/// `{"splits": [{"train_subjects": [1, …], "test_subjects": [4, …]}, …]}`; whatever else it holds is not looked at. A
/// person may be named by number (`s04` by 4). Where a split names the persons to train on, it must name everybody.
///
/// # Errors
/// When the file cannot be read or understood, a split names a person nobody of `samples` is, or one in both parts, or it
/// leaves nobody for either part, and when a sample has no person.
pub fn read_splits(path: impl AsRef<Path>, samples: &[Sample]) -> Result<Vec<Vec<bool>>> {
    let path = path.as_ref();
    let wrong = |reason: String| DatasetError::Splits { path: path.to_path_buf(), reason };
    let bytes = std::fs::read(path).map_err(DatasetError::io("read", path))?;
    let file: File = serde_json::from_slice(&bytes).map_err(|e| {
        wrong(format!("it is no list of splits ({e}); write {{\"splits\": [{{\"test_persons\": [\"Kim\"]}}]}}"))
    })?;
    if file.splits.is_empty() {
        return Err(wrong("its list of splits is empty".to_string()));
    }
    let mut of_person: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, sample) in samples.iter().enumerate() {
        let person = sample.person.as_deref().ok_or_else(|| {
            wrong(format!("it splits by person, and nobody said who is in sample {}; name the person", sample.name()))
        })?;
        of_person.entry(person).or_default().push(index);
    }
    let persons: BTreeSet<&str> = of_person.keys().copied().collect();
    let mut all = Vec::with_capacity(file.splits.len());
    for (number, split) in (1..).zip(&file.splits) {
        let tested = tested(split, &persons).map_err(|reason| wrong(format!("split {number} {reason}")))?;
        let mut parts = vec![false; samples.len()];
        tested.iter().filter_map(|person| of_person.get(person)).flatten().for_each(|&i| parts[i] = true);
        all.push(parts);
    }
    Ok(all)
}

/// The persons a split tests on, or what is wrong with it.
fn tested<'a>(split: &Split, persons: &BTreeSet<&'a str>) -> std::result::Result<BTreeSet<&'a str>, String> {
    let named = split.test_persons.as_ref().ok_or("names no test_persons (or test_subjects)")?;
    let test = found(named, persons)?;
    if test.is_empty() {
        return Err("has an empty list of persons to test on".to_string());
    }
    if test.len() == persons.len() {
        return Err("tests on everybody and leaves nobody to train on".to_string());
    }
    if let Some(train) = &split.train_persons {
        let train = found(train, persons)?;
        if let Some(both) = test.intersection(&train).next() {
            return Err(format!("has {both} in training and in test"));
        }
        if let Some(left) = persons.iter().find(|p| !test.contains(*p) && !train.contains(*p)) {
            return Err(format!("says nothing of {left}; put them into training or test, or leave the samples out"));
        }
    }
    Ok(test)
}

/// Those of `persons` that are named.
fn found<'a>(named: &[Value], persons: &BTreeSet<&'a str>) -> std::result::Result<BTreeSet<&'a str>, String> {
    let mut all = BTreeSet::new();
    for name in named {
        let person = match name {
            Value::String(name) => persons.get(name.as_str()).copied(),
            Value::Number(number) => number.as_u64().and_then(|n| persons.iter().copied().find(|p| is_number(p, n))),
            _ => None,
        };
        let known = || persons.iter().copied().collect::<Vec<_>>().join(", ");
        all.insert(
            person.ok_or_else(|| format!("names {name}, and no sample is of that person; there are: {}", known()))?,
        );
    }
    Ok(all)
}

/// Whether a person is called by this number.
fn is_number(person: &str, number: u64) -> bool {
    let digits = person.strip_prefix('s').unwrap_or(person);
    digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse() == Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::tests::sample;

    fn of(person: &str) -> Sample {
        Sample { person: Some(person.to_string()), ..sample("a") }
    }

    fn read(text: &str, samples: &[Sample]) -> std::result::Result<Vec<Vec<bool>>, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("splits.json");
        std::fs::write(&path, text).unwrap();
        read_splits(&path, samples).map_err(|e| e.to_string().replace(&path.display().to_string(), "FILE"))
    }

    #[test]
    fn persons_are_found_by_name_and_by_number() {
        let samples = [of("s01"), of("s02"), of("s10"), of("s01")];
        let text = r#"{"actions": [], "splits": [{"train_subjects": [2], "test_subjects": [1, 10]},
                       {"test_persons": ["s02"], "name": "second"}]}"#;
        assert_eq!(read(text, &samples).unwrap(), [[true, false, true, true], [false, true, false, false]]);
        let named = read(r#"{"splits": [{"test_persons": ["김"]}]}"#, &[of("김"), of("Lee")]).unwrap();
        assert_eq!(named, [[true, false]]);
    }

    #[test]
    fn what_is_wrong_with_a_split_is_said() {
        let samples = [of("s01"), of("s02"), of("s03")];
        for (text, words) in [
            (r#"{"splits": [{"test_persons": ["s04"]}]}"#, "FILE: split 1 names \"s04\""),
            (r#"{"splits": [{"test_persons": [1]}, {"test_persons": [4]}]}"#, "split 2 names 4"),
            (r#"{"splits": [{"test_persons": ["s04"]}]}"#, "there are: s01, s02, s03"),
            (r#"{"splits": [{"test_person": [1]}]}"#, "split 1 names no test_persons"),
            (r#"{"splits": [{"test_persons": []}]}"#, "empty list"),
            (r#"{"splits": [{"test_persons": [1, 2, 3]}]}"#, "nobody to train on"),
            (r#"{"splits": [{"test_persons": [1], "train_persons": [1, 2, 3]}]}"#, "s01 in training and in test"),
            (r#"{"splits": [{"test_persons": [1], "train_persons": [2]}]}"#, "nothing of s03"),
            (r#"{"splits": []}"#, "empty"),
            (r#"{"folds": []}"#, "no list of splits"),
            ("splits", "no list of splits"),
        ] {
            let error = read(text, &samples).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
        let nobody = read(r#"{"splits": [{"test_persons": [1]}]}"#, &[of("s01"), sample("a")]).unwrap_err();
        assert!(nobody.contains("nobody said who is in sample"), "{nobody}");
        assert!(
            read_splits("/nowhere/splits.json", &samples).unwrap_err().to_string().contains("/nowhere/splits.json")
        );
    }
}
