//! The modes of the live socket by name.

use serde::Deserialize;
use serde_json::{Value, json};

use super::record;
use super::session::{Mode, SeenLive};
use super::{practise, recognise};
use crate::error::{Result, StudioError};
use crate::state::Studio;

/// The first text of a page.
#[derive(Debug, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
enum Start {
    /// Shows the skeleton and nothing else.
    Watch,
    /// Takes pictures.
    Record(record::Wish),
    /// Shows what a model sees, and verifies it.
    Recognise(recognise::Start),
    /// Practises with the built-in models.
    Practise(practise::Start),
}

/// The mode that a page's first text asks for.
pub(crate) fn open(studio: &Studio, start: &Value) -> Result<Box<dyn Mode>> {
    let start = Start::deserialize(start).map_err(|error| StudioError::Bad(format!("no such live mode: {error}")))?;
    Ok(match start {
        Start::Watch => Box::new(Watch),
        Start::Record(wish) => Box::new(record::Record::open(studio, wish)?),
        Start::Recognise(start) => Box::new(recognise::Recognise::new(studio, start)?),
        Start::Practise(start) => practise::open(studio, start)?,
    })
}

struct Watch;

impl Mode for Watch {
    fn frame(&mut self, _seen: &SeenLive<'_>) -> Result<Value> {
        Ok(Value::Null)
    }

    fn command(&mut self, _command: &Value) -> Result<Value> {
        Ok(json!({}))
    }
}
