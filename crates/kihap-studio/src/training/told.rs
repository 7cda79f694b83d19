//! Warnings as the page shows them: a sentence in each language, with the classes' titles in place of their names.

use kihap_dataset::Class;
use kihap_learn::{Language, Warning};
use serde::Serialize;
use serde_json::Value;

/// A warning in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    /// What kind of warning it is.
    pub(crate) code: String,
    /// The sentence in English.
    pub(crate) en: String,
    /// The sentence in Korean.
    pub(crate) ko: String,
}

/// The warning in words; `classes` give the titles.
pub(crate) fn told(warning: &Warning, classes: &[Class]) -> Told {
    let code =
        serde_json::to_value(warning).ok().and_then(|v| v.get("code").and_then(Value::as_str).map(str::to_owned));
    let titled = |language: Language, [open, close]: [char; 2]| {
        let mut text = warning.text(language);
        for class in classes {
            let title = if language == Language::Korean { &class.korean } else { &class.english };
            if let Some(title) = title {
                text = text.replace(&format!("{open}{}{close}", class.name), &format!("{open}{title}{close}"));
            }
        }
        text
    };
    Told {
        code: code.unwrap_or_default(),
        en: titled(Language::English, ['"', '"']),
        ko: titled(Language::Korean, ['“', '”']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_go_by_their_titles() {
        let class =
            Class {
                korean: Some("아래막기".into()), english: Some("Low block".into()), ..Class::named("low_block")
            };
        let told = told(&Warning::FewSamples { class: "low_block".into(), count: 3 }, &[class]);
        assert_eq!(told.code, "few_samples");
        assert!(told.en.starts_with("\"Low block\" has only 3"), "{}", told.en);
        assert!(told.ko.starts_with("“아래막기” 학습 표본이 3개"), "{}", told.ko);
    }
}
