//! The whole syllabus: read from the program itself or from a folder.

use std::collections::BTreeMap;
use std::path::Path;

use crate::basics::BasicsFile;
use crate::check::{self, Known};
use crate::document::Document;
use crate::form::FormFile;
use crate::technique::TechniqueFile;
use crate::{Basics, Form, Scoring, Sparring, SyllabusError, Technique};

/// The forms in the order they are learnt: the names of their files.
const FORMS: [&str; 10] = [
    "taegeuk_1",
    "taegeuk_2",
    "taegeuk_3",
    "taegeuk_4",
    "taegeuk_5",
    "taegeuk_6",
    "taegeuk_7",
    "taegeuk_8",
    "koryo",
    "keumgang",
];

/// A file built into the program.
macro_rules! built_in {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../syllabus/", $path)))
    };
}

const EMBEDDED: [(&str, &str); 14] = [
    built_in!("techniques.toml"),
    built_in!("basics.toml"),
    built_in!("sparring.toml"),
    built_in!("scoring.toml"),
    built_in!("poomsae/taegeuk_1.toml"),
    built_in!("poomsae/taegeuk_2.toml"),
    built_in!("poomsae/taegeuk_3.toml"),
    built_in!("poomsae/taegeuk_4.toml"),
    built_in!("poomsae/taegeuk_5.toml"),
    built_in!("poomsae/taegeuk_6.toml"),
    built_in!("poomsae/taegeuk_7.toml"),
    built_in!("poomsae/taegeuk_8.toml"),
    built_in!("poomsae/koryo.toml"),
    built_in!("poomsae/keumgang.toml"),
];

/// Techniques, forms, basic motions, sparring and scoring, read and checked against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Syllabus {
    techniques: Vec<Technique>,
    forms: Vec<Form>,
    basics: Basics,
    sparring: Sparring,
    scoring: Scoring,
    height_landmarks: BTreeMap<String, f64>,
    body_ratios: BTreeMap<String, f64>,
}

impl Syllabus {
    /// The syllabus built into the program.
    ///
    /// # Errors
    /// None with the files as they are (a test reads them all); the type says so that nothing has to panic.
    pub fn embedded() -> Result<Self, SyllabusError> {
        Self::read(|wanted| {
            let text = EMBEDDED.iter().find(|(path, _)| *path == wanted).map_or("", |(_, text)| text);
            Ok(Document::new(format!("syllabus/{wanted}"), text))
        })
    }

    /// A syllabus from a folder of the same shape as the project's `syllabus/`: `techniques.toml`, `basics.toml`,
    /// `sparring.toml`, `scoring.toml` and the ten forms in `poomsae/`.
    ///
    /// # Errors
    /// A missing file, or the first line that cannot be: broken TOML, an unknown key, an id that nothing has, a band
    /// whose target lies outside, steps that do not run on.
    pub fn from_dir(folder: &Path) -> Result<Self, SyllabusError> {
        Self::read(|wanted| Document::open(&folder.join(wanted)))
    }

    fn read(open: impl Fn(&str) -> Result<Document, SyllabusError>) -> Result<Self, SyllabusError> {
        let document = open("techniques.toml")?;
        let file: TechniqueFile = document.read()?;
        check::techniques(&document, &file)?;
        let techniques = file.technique;
        let known = Known::new(&techniques);

        let document = open("basics.toml")?;
        let basics: BasicsFile = document.read()?;
        check::basics(&document, &basics, &known)?;

        let document = open("sparring.toml")?;
        let sparring: Sparring = document.read()?;
        check::sparring(&document, &sparring, &known)?;

        let document = open("scoring.toml")?;
        let scoring: Scoring = document.read()?;
        check::scoring(&document, &scoring, &known)?;

        let mut forms = Vec::with_capacity(FORMS.len());
        for name in FORMS {
            let document = open(&format!("poomsae/{name}.toml"))?;
            let form: FormFile = document.read()?;
            check::form(&document, &form, &known)?;
            forms.push(form.into());
        }
        Ok(Self {
            techniques,
            forms,
            basics: basics.into(),
            sparring,
            scoring,
            height_landmarks: file.height_landmarks,
            body_ratios: file.body_ratios,
        })
    }

    /// Every technique, in the file's order.
    pub fn techniques(&self) -> &[Technique] {
        &self.techniques
    }

    /// The technique of an id such as `low_block`.
    pub fn technique(&self, id: &str) -> Option<&Technique> {
        self.techniques.iter().find(|technique| technique.id == id)
    }

    /// The forms in the order they are learnt.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// The form of an id, written `taegeuk_1` or `taegeuk-1`.
    pub fn form(&self, id: &str) -> Option<&Form> {
        let id = id.replace('-', "_");
        self.forms.iter().find(|form| form.head.id == id)
    }

    /// The 13 basic motions.
    pub fn basics(&self) -> &Basics {
        &self.basics
    }

    /// Sparring classes and points.
    pub fn sparring(&self) -> &Sparring {
        &self.sparring
    }

    /// Marks and stars.
    pub fn scoring(&self) -> &Scoring {
        &self.scoring
    }

    /// Height of points of the body over the hips' centre in trunk lengths (crown 1.63 … knee −0.85), standard
    /// proportions.
    pub fn height_landmarks(&self) -> &BTreeMap<String, f64> {
        &self.height_landmarks
    }

    /// Lengths of the body as shares of its height, standard proportions.
    pub fn body_ratios(&self) -> &BTreeMap<String, f64> {
        &self.body_ratios
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Handedness, Side};
    use std::fs;

    /// The built-in syllabus as a folder, with `from` in `file` replaced by `to` once.
    fn changed(file: &str, from: &str, to: &str) -> Result<Syllabus, SyllabusError> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("poomsae")).unwrap();
        for (path, text) in EMBEDDED {
            let text = if path == file {
                assert!(text.contains(from), "{file} has no {from:?}");
                text.replacen(from, to, 1)
            } else {
                text.to_owned()
            };
            fs::write(folder.path().join(path), text).unwrap();
        }
        Syllabus::from_dir(folder.path())
    }

    /// The line of the first error, and its reason.
    fn complaint(file: &str, from: &str, to: &str) -> (usize, String) {
        match changed(file, from, to) {
            Err(SyllabusError::Bad { file: named, line, reason }) => {
                assert!(named.ends_with(file), "{named}");
                (line, reason)
            }
            other => panic!("unexpected {other:?}"),
        }
    }

    fn line_of(file: &str, text: &str) -> usize {
        let whole = EMBEDDED.iter().find(|(path, _)| *path == file).unwrap().1;
        whole[..whole.find(text).unwrap()].matches('\n').count() + 1 + usize::from(text.starts_with('\n'))
    }

    #[test]
    fn the_built_in_files_load_and_count() {
        let syllabus = Syllabus::embedded().unwrap();
        assert_eq!(syllabus.techniques().len(), 80);
        assert_eq!(syllabus.forms().len(), 10);
        assert_eq!(syllabus.basics().motions.len(), 13);
        assert_eq!(syllabus.sparring().classes.len(), 6);
        let steps: Vec<_> = syllabus.forms().iter().map(|form| form.steps.len()).collect();
        assert_eq!(steps, [18, 18, 20, 20, 20, 19, 25, 27, 30, 27]);
        let bands: usize = syllabus.techniques().iter().map(|technique| technique.geometry.measures.len()).sum();
        assert_eq!(bands, 585);
    }

    #[test]
    fn what_a_low_block_is() {
        let syllabus = Syllabus::embedded().unwrap();
        let block = syllabus.technique("low_block").unwrap();
        assert_eq!((block.korean.as_str(), block.handedness), ("아래막기", Handedness::Sided));
        let elbow = block.geometry.bounds("act_elbow_deg").unwrap();
        assert_eq!((elbow.min, elbow.target, elbow.max), (160.0, 174.0, 180.0));
        let step = &syllabus.form("taegeuk-1").unwrap().steps[0];
        assert_eq!((step.technique[0].id.as_str(), step.technique[0].side.one()), ("low_block", Some(Side::Left)));
    }

    #[test]
    fn stars_are_those_of_the_original() {
        let syllabus = Syllabus::embedded().unwrap();
        let app = &syllabus.scoring().original_app;
        let stars: Vec<_> = [0.95, 0.8, 0.75, 0.6, 0.59].iter().map(|&p| app.stars_for(p)).collect();
        assert_eq!(stars, [3, 3, 2, 1, 0]);
    }

    #[test]
    fn a_folder_of_the_same_files_is_the_same_syllabus() {
        assert_eq!(changed("basics.toml", "", "").unwrap(), Syllabus::embedded().unwrap());
    }

    #[test]
    fn a_step_naming_an_unknown_technique_is_named_with_its_line() {
        let (line, reason) = complaint("poomsae/taegeuk_1.toml", "{ id = \"low_block\"", "{ id = \"low_blok\"");
        assert_eq!(line, line_of("poomsae/taegeuk_1.toml", "\n  { id = \"low_block\""));
        assert!(reason.contains("\"low_blok\"") && reason.contains("did you mean \"low_block\"?"), "{reason}");
    }

    #[test]
    fn a_stance_that_is_no_stance_is_refused() {
        let (_, reason) = complaint("poomsae/koryo.toml", "stance = \"back_stance\"", "stance = \"low_block\"");
        assert!(reason.contains("no stance"), "{reason}");
    }

    #[test]
    fn a_misspelt_key_and_a_misspelt_measure_are_refused_at_their_lines() {
        let (line, reason) = complaint("basics.toml", "\nstance = ", "\nstanse = ");
        assert_eq!(line, line_of("basics.toml", "\nstance = "));
        assert!(reason.contains("stanse"), "{reason}");
        let (line, reason) = complaint("techniques.toml", "\nact_elbow_deg", "\nact_elbo_deg");
        assert_eq!(line, line_of("techniques.toml", "\nact_elbow_deg"));
        assert!(reason.contains("act_elbo_deg"), "{reason}");
    }

    #[test]
    fn a_target_outside_its_band_is_refused_at_its_line() {
        let text = "ankle_distance_sw = { min = 0.6, max = 1.05, target = 0.8";
        let (line, reason) =
            complaint("techniques.toml", text, "ankle_distance_sw = { min = 0.6, max = 1.05, target = 8");
        assert_eq!(line, line_of("techniques.toml", &format!("\n{text}")));
        assert!(reason.contains("target 8"), "{reason}");
    }

    #[test]
    fn steps_that_do_not_run_on_are_refused() {
        let (_, reason) = complaint("poomsae/taegeuk_3.toml", "\nturn_deg = -90", "\nturn_deg = 90");
        assert!(reason.contains("does not lead to"), "{reason}");
        let (_, reason) = complaint("poomsae/taegeuk_3.toml", "\nnumber = 2\nsection = 1", "\nnumber = 3\nsection = 1");
        assert!(reason.contains("step 3 follows step 1"), "{reason}");
        let (_, reason) = complaint("poomsae/taegeuk_3.toml", "counted_moves = ", "counted_moves = 1");
        assert!(reason.contains("moves"), "{reason}");
    }

    #[test]
    fn a_wrong_side_and_a_wrong_schema_are_refused() {
        let (_, reason) = complaint("poomsae/taegeuk_1.toml", "side = \"left\"", "side = \"both\"");
        assert!(reason.contains("does not fit"), "{reason}");
        let (line, _) = complaint("sparring.toml", "kihap/sparring/1", "kihap/sparring/2");
        assert_eq!(line, 2);
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let text = Syllabus::from_dir(folder.path()).unwrap_err().to_string();
        assert!(text.contains("techniques.toml") && text.contains("cannot be read"), "{text}");
    }
}
