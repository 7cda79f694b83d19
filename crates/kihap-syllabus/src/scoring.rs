//! How performances are marked: World Taekwondo's poomsae rules, Kukkiwon's test, the original's stars.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A deduction and its occasion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deduction {
    /// Points taken off.
    pub deduction: f64,
    /// When.
    pub when: String,
}

/// Accuracy: counted down by mistakes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accuracy {
    /// Points to begin with.
    pub points: f64,
    /// What is judged.
    pub judges: Vec<String>,
    /// A small deviation.
    pub minor: Deduction,
    /// A serious mistake.
    pub major: Deduction,
    /// Beginning again.
    pub restart: Deduction,
    /// Serious mistakes by example.
    pub major_examples: Vec<String>,
}

/// One part of the presentation mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresentationPart {
    /// `speed_power`, `rhythm_tempo`, `energy`.
    pub id: String,
    /// Greatest mark.
    pub points: f64,
    /// What is judged.
    pub judges: String,
}

/// Presentation: judged as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presentation {
    /// Greatest mark.
    pub points: f64,
    /// How it is judged.
    pub method: String,
    /// Its parts.
    pub parts: Vec<PresentationPart>,
}

/// How the judges' marks become one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WtResult {
    /// The panel's rule.
    pub panel: String,
    /// Shortest and longest time of a recognised poomsae, seconds.
    pub recognised_poomsae_seconds: [f64; 2],
    /// What decides a tie.
    pub tie_order: String,
    /// An older scheme.
    pub older_scheme: String,
    /// What is not certain.
    pub doubt: String,
}

/// World Taekwondo's poomsae marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WtPoomsae {
    /// Whose rules.
    pub rule_body: String,
    /// Versions seen.
    pub rule_versions_seen: Vec<String>,
    /// Greatest mark: accuracy and presentation together.
    pub total: f64,
    /// Codes of `SOURCES.md`.
    pub sources: Vec<String>,
    /// Accuracy.
    pub accuracy: Accuracy,
    /// Presentation.
    pub presentation: Presentation,
    /// The result.
    pub result: WtResult,
}

/// Kukkiwon's grading test, as far as known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KukkiwonTest {
    /// Practical subjects.
    pub practical_subjects: Vec<String>,
    /// Theory.
    pub theory: String,
    /// Usual order in Korea.
    pub usual_order_korea: Vec<String>,
    /// Under this age one gets poom instead of dan.
    pub poom_age_limit_years: u32,
    /// The same for the fourth.
    pub poom_4_age_limit_years: u32,
    /// Months to wait between grades.
    pub min_months_between: BTreeMap<String, u32>,
    /// Forms of the first grade.
    pub first_grade_poomsae: BTreeMap<String, String>,
    /// Forms of the second grade, unverified.
    pub second_grade_poomsae_unverified: String,
    /// Forms of the third grade, unverified.
    pub third_grade_poomsae_unverified: String,
    /// The pass mark.
    pub pass_mark: String,
    /// The pass mark from memory.
    pub pass_mark_remembered_unverified: u32,
    /// Codes of `SOURCES.md`.
    pub sources: Vec<String>,
}

/// Stars from a probability on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stars {
    /// Least probability.
    pub min: f64,
    /// Stars.
    pub stars: u32,
}

/// When a test begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRule {
    /// Technique that must be held.
    pub class: String,
    /// Least probability.
    pub min_score: f64,
    /// For how many frames.
    pub consecutive_frames: u32,
}

/// The rules of the original's web app of 2022.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginalApp {
    /// Where this was read.
    pub source: String,
    /// Stars, the most first.
    pub stars: Vec<Stars>,
    /// Stars below them all.
    pub below: u32,
    /// When a test begins.
    pub start_rule: StartRule,
    /// When a step counts.
    pub step_rule: String,
    /// A sparring round, seconds.
    pub sparring_round_seconds: u32,
    /// Sections of each form.
    pub sections_per_poomsae: u32,
}

impl OriginalApp {
    /// Stars for a probability (0 to 1).
    pub fn stars_for(&self, probability: f64) -> u32 {
        self.stars.iter().find(|stars| probability >= stars.min).map_or(self.below, |stars| stars.stars)
    }
}

/// `scoring.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    pub(crate) schema: String,
    /// World Taekwondo's poomsae marks.
    pub wt_poomsae: WtPoomsae,
    /// Kukkiwon's grading test.
    pub kukkiwon_test: KukkiwonTest,
    /// The original's web app.
    pub original_app: OriginalApp,
}
