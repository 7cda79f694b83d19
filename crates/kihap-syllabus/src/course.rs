//! Courses: which classes a dataset gets that is to teach a part of the syllabus.
//!
//! Every model tells three kinds of class apart: nobody in view, the wanted motions, and other motions.
//!
//! | course | classes between `nobody` and `other` |
//! | --- | --- |
//! | `basics` | the 13 basic motions, left and right apart |
//! | `basics-1` … `basics-13` | one basic motion, left and right apart |
//! | `taegeuk-1` … `keumgang` | every posture of a form once |
//! | `taegeuk-1-1` … `keumgang-4` | every posture of a section once |
//! | `sparring` | ready, punch, kick, defence; sides are one |
//! | `empty` | no class at all, not even `nobody` and `other` |
//!
//! **Ids** become folder names and labels. A class that exists left and right ends in `_left` or `_right`: the limb that
//! acts, from the performer's own view. Postures of forms are named after stance and technique, because a section's
//! model has to tell its steps apart: `walking_low_block_left`, `front_low_block_left`. A hand on the other side than the
//! front foot is said: `front_opposite_trunk_punch_right` has the left foot in front. Kicks carry no stance: they are
//! recognised in the air. Where both arms act alike, the side is that of the front foot.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{Basic, Form, Kind, Side, Step, StepTechnique, Syllabus, SyllabusError, Technique};

/// Id of the class of pictures with nobody in view.
pub const NOBODY: &str = "nobody";

/// Id of the class of people who do something else.
pub const OTHER: &str = "other";

/// Stances that look the same whichever leg is said to lead.
const SYMMETRIC_STANCES: [&str; 4] = ["horse_riding_stance", "parallel_stance", "closed_stance", "attention_stance"];

/// What a class is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassKind {
    /// Nobody in view.
    Nobody,
    /// A wanted motion.
    Motion,
    /// Somebody who does something else.
    Other,
}

/// A class of a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CourseClass {
    /// Label and folder name.
    pub id: String,
    /// Its Korean name.
    pub korean: String,
    /// Its English name.
    pub english: String,
    /// What it is for.
    pub kind: ClassKind,
    /// The class a mirrored picture belongs to: this one itself where left and right look alike, its partner where both
    /// sides are in the course. `None`: the mirrored picture shows something that has no class of its own here, so it must
    /// not be used.
    pub mirror: Option<String>,
    /// Ids of the techniques it means; several where sparring takes them together, none for nobody and other.
    pub techniques: Vec<String>,
    /// The side that acts, for a class of one side.
    pub side: Option<Side>,
    /// Steps of the form it occurs in; empty outside forms.
    pub steps: Vec<u32>,
}

impl CourseClass {
    fn frame(kind: ClassKind) -> Self {
        let (id, korean, english) = match kind {
            ClassKind::Nobody => (NOBODY, "사람 없음", "Nobody"),
            _ => (OTHER, "기타 동작", "Other motions"),
        };
        Self {
            id: id.into(),
            korean: korean.into(),
            english: english.into(),
            kind,
            mirror: None,
            techniques: Vec::new(),
            side: None,
            steps: Vec::new(),
        }
    }

    fn motion(stem: &str, korean: String, english: String, technique: &str, side: Option<Side>) -> Self {
        let id = side.map_or_else(|| stem.to_owned(), |side| format!("{stem}_{}", side.id()));
        let english = match side {
            Some(side) => format!("{english}, {}", side.id()),
            None => english,
        };
        let korean = match side {
            Some(side) => format!("{} {korean}", side.korean()),
            None => korean,
        };
        let techniques = vec![technique.to_owned()];
        Self { id, korean, english, kind: ClassKind::Motion, mirror: None, techniques, side, steps: Vec::new() }
    }

    /// The id on the other side, or the same where there are no sides.
    fn mirrored_id(&self) -> String {
        match self.side {
            Some(side) => {
                let stem = self.id.strip_suffix(side.id()).unwrap_or(&self.id);
                format!("{stem}{}", side.other().id())
            }
            None => self.id.clone(),
        }
    }
}

impl Syllabus {
    /// The names of all courses.
    pub fn courses(&self) -> Vec<String> {
        let mut names = vec!["basics".to_owned()];
        names.extend(self.basics().motions.iter().map(|basic| format!("basics-{}", basic.number)));
        for form in self.forms() {
            let name = form.head.id.replace('_', "-");
            names.push(name.clone());
            names.extend(form.sections.iter().map(|section| format!("{name}-{}", section.number)));
        }
        names.extend(["sparring".to_owned(), "empty".to_owned()]);
        names
    }

    /// The classes a dataset of the course gets, `nobody` first and `other` last. Names may be written with `_` for `-`.
    ///
    /// # Errors
    /// A course that does not exist; the error lists those that do.
    pub fn course(&self, name: &str) -> Result<Vec<CourseClass>, SyllabusError> {
        let wanted = name.trim().to_lowercase().replace('_', "-");
        let unknown = || SyllabusError::UnknownCourse { name: name.to_owned(), known: self.courses() };
        let motions = match wanted.as_str() {
            "empty" => return Ok(Vec::new()),
            "basics" => self.basics().motions.iter().flat_map(basic_classes).collect(),
            "sparring" => self.sparring_classes(),
            _ => {
                if let Some(number) = wanted.strip_prefix("basics-") {
                    let motions = &self.basics().motions;
                    let basic = motions.iter().find(|basic| basic.number.to_string() == number).ok_or_else(unknown)?;
                    basic_classes(basic)
                } else if let Some(form) = self.form(&wanted) {
                    self.form_classes(form, None)
                } else {
                    let (form, section) = wanted.rsplit_once('-').ok_or_else(unknown)?;
                    let form = self.form(form).ok_or_else(unknown)?;
                    let section = form.sections.iter().find(|s| s.number.to_string() == section).ok_or_else(unknown)?;
                    self.form_classes(form, Some(section.number))
                }
            }
        };
        Ok(framed(motions))
    }

    fn sparring_classes(&self) -> Vec<CourseClass> {
        let wanted = self.sparring().classes.iter().filter(|class| class.id != NOBODY && class.id != OTHER);
        wanted
            .map(|class| CourseClass {
                id: class.id.clone(),
                korean: class.korean.clone(),
                english: class.original_label.clone(),
                kind: ClassKind::Motion,
                mirror: None,
                techniques: class.techniques.clone(),
                side: None,
                steps: Vec::new(),
            })
            .collect()
    }

    /// Every posture of a form or of one section, in the order of its first occurrence.
    fn form_classes(&self, form: &Form, section: Option<u32>) -> Vec<CourseClass> {
        let mut classes: Vec<CourseClass> = Vec::new();
        let ready = form.sections.iter().any(|part| {
            section.is_none_or(|wanted| wanted == part.number) && (part.includes_ready || part.includes_ending)
        });
        if let (true, Some(stance)) = (ready, self.technique(&form.head.ready)) {
            classes.push(CourseClass::motion(
                &stance.id,
                stance.korean.clone(),
                stance.english.clone(),
                &stance.id,
                None,
            ));
        }
        for step in form.steps.iter().filter(|step| section.is_none_or(|wanted| wanted == step.section)) {
            for done in &step.technique {
                let Some(technique) = self.technique(&done.id) else { continue };
                let class = self.step_class(step, done, technique);
                match classes.iter_mut().find(|known| known.id == class.id) {
                    Some(known) if known.steps.last() == Some(&step.number) => {}
                    Some(known) => known.steps.push(step.number),
                    None => classes.push(CourseClass { steps: vec![step.number], ..class }),
                }
            }
        }
        classes
    }

    fn step_class(&self, step: &Step, done: &StepTechnique, technique: &Technique) -> CourseClass {
        let stance = match technique.kind {
            Kind::Kick => None,
            _ => self.technique(&step.stance),
        };
        let acting = done.side.one();
        let lead = step.lead_leg.side().filter(|_| !SYMMETRIC_STANCES.contains(&step.stance.as_str()));
        let Some(stance) = stance else {
            let (korean, english) = (technique.korean.clone(), technique.english.clone());
            return CourseClass::motion(&technique.id, korean, english, &technique.id, acting);
        };
        let opposite = matches!((acting, lead), (Some(hand), Some(foot)) if hand != foot);
        let stem = stance.id.strip_suffix("_stance").unwrap_or(&stance.id);
        let stem = stem.strip_suffix("_riding").unwrap_or(stem);
        let (word, korean_word, english_word) =
            if opposite { ("opposite_", "바로 ", "Opposite ") } else { ("", "", "") };
        CourseClass::motion(
            &format!("{stem}_{word}{}", technique.id),
            format!("{} {korean_word}{}", stance.korean, technique.korean),
            format!("{} {english_word}{}", stance.english, technique.english),
            &technique.id,
            acting.or(lead),
        )
    }
}

fn basic_classes(basic: &Basic) -> Vec<CourseClass> {
    let sides: Vec<_> = if basic.is_sided() { Side::BOTH.map(Some).to_vec() } else { vec![None] };
    let class =
        |side| CourseClass::motion(&basic.id, basic.korean.clone(), basic.english.clone(), &basic.technique, side);
    sides.into_iter().map(class).collect()
}

/// Puts `nobody` before and `other` after the motions, and says where mirrored pictures belong.
fn framed(mut motions: Vec<CourseClass>) -> Vec<CourseClass> {
    let ids: BTreeSet<String> = motions.iter().map(|class| class.id.clone()).collect();
    for class in &mut motions {
        class.mirror = Some(class.mirrored_id()).filter(|id| ids.contains(id));
    }
    let mut nobody = CourseClass::frame(ClassKind::Nobody);
    nobody.mirror = Some(nobody.id.clone());
    // Among the other motions may be the missing side of a wanted one; mirrored it would be the wanted one.
    let mut other = CourseClass::frame(ClassKind::Other);
    other.mirror = motions.iter().all(|class| class.mirror.is_some()).then(|| other.id.clone());
    let mut classes = vec![nobody];
    classes.append(&mut motions);
    classes.push(other);
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(course: &str) -> Vec<String> {
        let classes = Syllabus::embedded().unwrap().course(course).unwrap();
        classes.into_iter().map(|class| class.id).collect()
    }

    fn class(course: &str, id: &str) -> CourseClass {
        let classes = Syllabus::embedded().unwrap().course(course).unwrap();
        classes.into_iter().find(|class| class.id == id).unwrap()
    }

    #[test]
    fn basics_are_nobody_25_motions_and_other() {
        let ids = ids("basics");
        assert_eq!(ids.len(), 1 + 12 * 2 + 1 + 1);
        assert_eq!((ids[0].as_str(), ids[ids.len() - 1].as_str()), ("nobody", "other"));
        for wanted in ["basic_ready", "front_low_block_left", "front_low_block_right", "front_kick_left"] {
            assert!(ids.iter().any(|id| id == wanted), "{wanted}");
        }
        assert_eq!(super::tests::ids("basics-3"), ["nobody", "front_low_block_left", "front_low_block_right", "other"]);
    }

    #[test]
    fn both_sides_mirror_each_other_and_one_sideless_itself() {
        assert_eq!(class("basics", "front_low_block_left").mirror.as_deref(), Some("front_low_block_right"));
        assert_eq!(class("basics", "basic_ready").mirror.as_deref(), Some("basic_ready"));
        assert_eq!(class("basics", "nobody").mirror.as_deref(), Some("nobody"));
        assert_eq!(class("basics", "other").mirror.as_deref(), Some("other"));
        assert_eq!(class("basics", "front_low_block_left").techniques, ["low_block"]);
        assert_eq!(class("basics", "front_low_block_left").side, Some(Side::Left));
    }

    #[test]
    fn a_section_tells_its_steps_apart() {
        let wanted = [
            "nobody",
            "basic_ready_stance",
            "walking_low_block_left",
            "walking_trunk_punch_right",
            "walking_low_block_right",
            "walking_trunk_punch_left",
            "front_low_block_left",
            "front_opposite_trunk_punch_right",
            "other",
        ];
        assert_eq!(ids("taegeuk-1-1"), wanted);
        assert_eq!(class("taegeuk-1-1", "front_low_block_left").steps, [5]);
    }

    #[test]
    fn a_motion_whose_partner_is_missing_must_not_be_mirrored_and_other_neither() {
        assert_eq!(class("taegeuk-1-1", "front_low_block_left").mirror, None);
        assert_eq!(class("taegeuk-1-1", "walking_low_block_left").mirror.as_deref(), Some("walking_low_block_right"));
        assert_eq!(class("taegeuk-1-1", "other").mirror, None);
        // The whole form has both.
        assert_eq!(class("taegeuk-1", "front_low_block_left").mirror.as_deref(), Some("front_low_block_right"));
    }

    #[test]
    fn a_posture_that_recurs_is_one_class_with_all_its_steps() {
        let class = class("taegeuk-1", "walking_low_block_left");
        assert_eq!(class.steps, [1]);
        assert!(ids("taegeuk-1").len() < 22);
    }

    #[test]
    fn sparring_has_the_six_classes_of_the_original() {
        assert_eq!(ids("sparring"), ["nobody", "ready", "punch", "kick", "defence", "other"]);
        assert_eq!(class("sparring", "kick").mirror.as_deref(), Some("kick"));
    }

    #[test]
    fn every_course_there_is_can_be_had_and_its_ids_are_one_each() {
        let syllabus = Syllabus::embedded().unwrap();
        let courses = syllabus.courses();
        assert_eq!(courses.len(), 1 + 13 + 10 * 5 + 2);
        for name in courses {
            let classes = syllabus.course(&name).unwrap();
            let ids: BTreeSet<_> = classes.iter().map(|class| &class.id).collect();
            assert_eq!(ids.len(), classes.len(), "{name}");
            assert_eq!(classes.is_empty(), name == "empty");
            for class in &classes {
                let folder_safe = class.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                assert!(folder_safe, "{}", class.id);
                assert!(!class.korean.is_empty() && !class.english.is_empty());
                for technique in &class.techniques {
                    assert!(syllabus.technique(technique).is_some());
                }
            }
        }
    }

    #[test]
    fn every_step_of_every_section_has_a_class() {
        let syllabus = Syllabus::embedded().unwrap();
        for form in syllabus.forms() {
            for section in &form.sections {
                let name = format!("{}-{}", form.head.id, section.number);
                let classes = syllabus.course(&name).unwrap();
                for step in form.steps_of(section.number) {
                    assert!(classes.iter().any(|class| class.steps.contains(&step.number)), "{name} {}", step.number);
                }
            }
        }
    }

    #[test]
    fn an_unknown_course_is_answered_with_those_there_are() {
        let syllabus = Syllabus::embedded().unwrap();
        for name in ["taegeuk-9", "taegeuk-1-5", "taegeuk-1-0", "basics-14", "", "tae-geuk"] {
            let text = syllabus.course(name).unwrap_err().to_string();
            assert!(text.contains("taegeuk-1-1") && text.contains("sparring"), "{text}");
        }
    }
}
