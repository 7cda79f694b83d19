//! The codes that the server sends and the page has words for, kept in a file that the page's texts are typed by: a code
//! without words in both languages fails here, or in the page's type check.

use std::path::Path;

use kihap_dataset::import::SkipReason;
use kihap_export::Obstacle;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Error};

use crate::cause::Cause;
use crate::exporting::Hitch;

const FILE: &str = "../../web/src/i18n/codes.ts";

/// The names that an enum tagged with `code` is read by.
#[derive(Debug, thiserror::Error)]
#[error("{0:?}")]
struct Names(Vec<&'static str>);

impl Error for Names {
    fn custom<T: std::fmt::Display>(_: T) -> Names {
        Names(Vec::new())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Names {
        Names(expected.to_vec())
    }
}

/// Every code of a type, from the type itself: none can be forgotten.
fn codes<T: DeserializeOwned>() -> Vec<&'static str> {
    let unknown = MapDeserializer::<_, Names>::new([("code", "?")].into_iter());
    T::deserialize(unknown).err().map_or(Vec::new(), |names| names.0)
}

fn type_of(name: &str, doc: &str, codes: &[&str]) -> String {
    let lines: String = codes.iter().map(|code| format!("\n  | '{code}'")).collect();
    format!("\n/** {doc} */\nexport type {name} ={lines};\n")
}

#[test]
fn the_page_has_words_for_every_code() {
    let (causes, skips) = (codes::<Cause>(), codes::<SkipReason>());
    let obstacles = [codes::<Obstacle>(), codes::<Hitch>()].concat();
    assert!(causes.len() > 20 && skips.len() > 40 && obstacles.len() > 9, "{causes:?} {skips:?} {obstacles:?}");
    let mut text = String::from(
        "// The codes of the server, written by a test of crates/kihap-studio: KIHAP_UPDATE=1 cargo test -p kihap-studio codes\n",
    );
    text += &type_of("CauseCode", "Why something failed, where the user can mend it.", &causes);
    text += &type_of("SkipCode", "Why a file of an upload was not taken in.", &skips);
    text += &type_of("ObstacleCode", "Why a model cannot be had in a format.", &obstacles);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("KIHAP_UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(
        written, text,
        "codes changed: KIHAP_UPDATE=1, then `npm run check` in web/ says which words are missing"
    );
}
