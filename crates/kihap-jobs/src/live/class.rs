//! The classes of a live model and what they are called in both languages.

use kihap_coach::track::{Language, Words};
use kihap_syllabus::{ClassKind, CourseClass, NOBODY, OTHER, Side, Syllabus};
use serde::Serialize;

use crate::builtin::split;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Both {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Both {
    /// The text that `words` makes of each language.
    pub fn of(words: impl Fn(Language) -> String) -> Both {
        Both { ko: words(Language::Korean), en: words(Language::English) }
    }

    /// One text for both.
    pub fn same(text: &str) -> Both {
        Both { ko: text.to_owned(), en: text.to_owned() }
    }

    /// Name of a technique or stance and its side.
    pub fn technique(syllabus: &Syllabus, id: &str, side: Option<Side>) -> Both {
        Both::of(|language| Words::new(language, syllabus).technique(id, side))
    }
}

/// A class of a live model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveClass {
    /// Its name in the model; `step_N` for the steps of a form.
    pub name: String,
    /// What people call it.
    pub title: Both,
    /// Whether it is a way to be rather than something one does: nobody, other, a ready stance.
    pub rest: bool,
    /// Whether it is the stance that begins a test.
    pub ready: bool,
    /// Whether it can be asked for: not nobody, and not other motions.
    pub asked: bool,
}

impl LiveClass {
    /// The class called `name`: a technique with or without its side, or a class of a course; else it is called by its name.
    pub(crate) fn named(syllabus: &Syllabus, courses: &[CourseClass], name: &str) -> LiveClass {
        let framed = |ko: &str, en: &str| LiveClass {
            name: name.to_owned(),
            title: Both { ko: ko.into(), en: en.into() },
            rest: true,
            ready: false,
            asked: false,
        };
        if name == NOBODY {
            return framed("사람 없음", "Nobody");
        }
        if name == OTHER {
            return framed("기타 동작", "Other motions");
        }
        let ready = |technique: &str| technique == syllabus.scoring().original_app.start_rule.class;
        let (id, side) = split(name);
        if syllabus.technique(id).is_some() {
            let title = Both::technique(syllabus, id, side);
            return LiveClass { name: name.to_owned(), title, rest: ready(id), ready: ready(id), asked: true };
        }
        match courses.iter().find(|class| class.id == name) {
            Some(class) => {
                let is_ready = class.techniques.len() == 1 && ready(&class.techniques[0]);
                LiveClass {
                    name: name.to_owned(),
                    title: Both { ko: class.korean.clone(), en: class.english.clone() },
                    rest: is_ready || class.kind != ClassKind::Motion,
                    ready: is_ready,
                    asked: class.kind == ClassKind::Motion,
                }
            }
            None => {
                LiveClass { name: name.to_owned(), title: Both::same(name), rest: false, ready: false, asked: true }
            }
        }
    }

    /// All these names.
    pub(crate) fn all(syllabus: &Syllabus, names: &[String]) -> Vec<LiveClass> {
        let courses = syllabus.courses();
        let courses: Vec<CourseClass> =
            courses.iter().filter_map(|name| syllabus.course(name).ok()).flatten().collect();
        names.iter().map(|name| LiveClass::named(syllabus, &courses, name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_course_classes_and_own_names() {
        let syllabus = Syllabus::embedded().unwrap();
        let names = ["nobody", "low_block_left", "front_low_block_right", "basic_ready_stance", "물구나무"];
        let classes = LiveClass::all(&syllabus, &names.map(str::to_owned));
        let titles: Vec<(&str, bool)> = classes.iter().map(|class| (class.title.ko.as_str(), class.rest)).collect();
        assert_eq!(
            titles,
            [
                ("사람 없음", true),
                ("왼 아래막기", false),
                ("오른 앞굽이 아래막기", false),
                ("기본준비서기", true),
                ("물구나무", false)
            ]
        );
        assert_eq!(classes[1].title.en, "left Low Block");
        assert!(classes[3].ready && !classes[0].ready);
    }
}
