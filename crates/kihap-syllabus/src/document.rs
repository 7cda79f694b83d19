//! One TOML file of the syllabus: its text, its typed contents, and the line of any value in it.

use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::SyllabusError;

/// A file's name and text.
pub(crate) struct Document {
    name: String,
    text: String,
}

/// One step on the way to a value: a key of a table or an index of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum At {
    Key(String),
    Index(usize),
}

impl From<&str> for At {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for At {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The way to a value, as `at!["step", 3, "stance"]`.
macro_rules! at {
    ($($part:expr),* $(,)?) => { vec![$($crate::document::At::from($part)),*] };
}
pub(crate) use at;

impl Document {
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    pub(crate) fn open(path: &Path) -> Result<Self, SyllabusError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SyllabusError::Unreadable { path: path.to_owned(), source })?;
        Ok(Self::new(path.display().to_string(), text))
    }

    /// The contents, or the line that does not fit the type.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, SyllabusError> {
        toml::from_str(&self.text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            self.error_at_byte(start, error.message().replace('\n', "; "))
        })
    }

    /// The error that the value at `way` is wrong for `reason`. Where the way ends early, its last known place is named.
    pub(crate) fn error(&self, way: &[At], reason: impl Into<String>) -> SyllabusError {
        let start = DeTable::parse(&self.text).map_or(0, |table| start_of(&table, way));
        self.error_at_byte(start, reason.into())
    }

    fn error_at_byte(&self, start: usize, reason: String) -> SyllabusError {
        let before = &self.text.as_bytes()[..start.min(self.text.len())];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        SyllabusError::Bad { file: self.name.clone(), line, reason }
    }
}

/// Where the value at `way` begins.
fn start_of(table: &Spanned<DeTable<'_>>, way: &[At]) -> usize {
    let Some((At::Key(first), mut rest)) = way.split_first() else { return table.span().start };
    let Some(mut value) = table.get_ref().get(first.as_str()) else { return table.span().start };
    while let Some((part, further)) = rest.split_first() {
        let inner = match (value.get_ref(), part) {
            (DeValue::Table(table), At::Key(key)) => table.get(key.as_str()),
            (DeValue::Array(array), At::Index(index)) => array.get(*index),
            _ => None,
        };
        let Some(inner) = inner else { break };
        (value, rest) = (inner, further);
    }
    value.span().start
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "a = 1\n\n[[step]]\nn = 1\n\n[[step]]\nn = 2\nlist = [\n  { id = \"x\" },\n  { id = \"y\" },\n]\n";

    fn line(error: SyllabusError) -> usize {
        match error {
            SyllabusError::Bad { line, .. } => line,
            other => panic!("unexpected {other}"),
        }
    }

    #[test]
    fn a_value_deep_in_the_file_is_found_by_its_way() {
        let document = Document::new("f.toml", TEXT);
        let line = |way: Vec<At>| line(document.error(&way, ""));
        assert_eq!(line(at!["step", 1, "n"]), 7);
        assert_eq!(line(at!["step", 1, "list", 1, "id"]), 10);
        assert_eq!(line(at!["a"]), 1);
    }

    #[test]
    fn a_way_that_ends_early_names_the_last_known_place() {
        let document = Document::new("f.toml", TEXT);
        let line = |way: Vec<At>| line(document.error(&way, ""));
        assert_eq!(line(at!["step", 1, "missing"]), 6);
    }

    #[test]
    fn broken_toml_is_named_with_its_line() {
        let error = Document::new("f.toml", "a = 1\nb = = 2\n").read::<toml::Table>().unwrap_err();
        assert!(error.to_string().starts_with("f.toml:2: "), "{error}");
    }
}
