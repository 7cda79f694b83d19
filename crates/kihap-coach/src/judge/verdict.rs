//! What is said of each bound, and what follows from it.

use kihap_syllabus::{Basis, Bounds, Measure, Side, Technique, Unit};
use serde::{Serialize, Serializer};

use super::names::{measure_name, number, unit_name};
use super::{Language, View, Withheld};

/// How far a value is out of its band; 0 inside of it.
pub(super) fn beyond(value: f64, min: f64, max: f64) -> f64 {
    (min - value).max(value - max).max(0.0)
}

/// How a value lies to its band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In the band.
    Within,
    /// Under the band, by more than it is unsure.
    Below,
    /// Over the band, by more than it is unsure.
    Above,
    /// Beside the band, by less than it is unsure: no fault.
    Doubtful,
    /// Not judged.
    Withheld,
}

/// One bound of the geometry and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoundVerdict {
    /// Id of the technique or stance it belongs to.
    pub technique: String,
    /// What is measured.
    pub measure: Measure,
    /// Of which limb, where it is about one.
    pub side: Option<Side>,
    /// The unit of value and band.
    pub unit: Unit,
    /// What was measured; absent where it could not be, or where it was not seen.
    pub value: Option<f64>,
    /// Standard deviation of the value.
    pub uncertainty: Option<f64>,
    /// Lowest right value.
    pub min: f64,
    /// Highest right value.
    pub max: f64,
    /// The value aimed at.
    pub target: f64,
    /// Where the band comes from.
    pub basis: Basis,
    /// How the value lies to the band.
    pub verdict: Verdict,
    /// Why it was not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
}

impl BoundVerdict {
    /// How far the value is out of the band; 0 inside of it or without a value.
    pub fn beyond(&self) -> f64 {
        self.value.map_or(0.0, |value| beyond(value, self.min, self.max))
    }

    /// In a sentence: what was measured, or why nothing was.
    pub fn text(&self, language: Language) -> String {
        let name = measure_name(self.measure, self.side, language);
        if let Some(withheld) = &self.withheld {
            let reason = withheld.text(language);
            return match language {
                Language::English => format!("{name}: not judged ({reason})"),
                Language::Korean => format!("{name}: 판정하지 않음 ({reason})"),
            };
        }
        let band = band_text(self.min, self.max, self.unit, language);
        let value = self.value.map_or_else(|| "?".to_owned(), |value| number(value, self.unit));
        let verdict = match (self.verdict, language) {
            (Verdict::Within, Language::English) => "right",
            (Verdict::Within, Language::Korean) => "바름",
            (Verdict::Below, Language::English) => "too low",
            (Verdict::Below, Language::Korean) => "기준보다 작음",
            (Verdict::Above, Language::English) => "too high",
            (Verdict::Above, Language::Korean) => "기준보다 큼",
            (Verdict::Doubtful, Language::English) => "in doubt",
            (Verdict::Doubtful, Language::Korean) => "불확실",
            (Verdict::Withheld, Language::English) => "not judged",
            (Verdict::Withheld, Language::Korean) => "판정하지 않음",
        };
        match language {
            Language::English => format!("{name} {value}, band {band}: {verdict}"),
            Language::Korean => format!("{name} {value}, 기준 {band}: {verdict}"),
        }
    }
}

/// A value with its unit.
pub(crate) fn value_text(value: f64, unit: Unit, language: Language) -> String {
    match unit {
        Unit::Flag => {
            language.of(if value > 0.5 { "yes" } else { "no" }, if value > 0.5 { "예" } else { "아니요" }).to_owned()
        }
        unit => format!("{}{}", number(value, unit), unit_name(unit, language)),
    }
}

/// A band of right values with its unit.
pub(crate) fn band_text(min: f64, max: f64, unit: Unit, language: Language) -> String {
    let unit_name = unit_name(unit, language);
    if unit == Unit::Flag {
        return language
            .of(if min > 0.5 { "yes" } else { "yes or no" }, if min > 0.5 { "예" } else { "무관" })
            .to_owned();
    }
    format!("{}–{}{unit_name}", number(min, unit), number(max, unit))
}

/// A fault: a bound that is certainly not kept, or another stance or technique in place of the one asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fault {
    /// Id of the technique or stance.
    pub technique: String,
    /// Its English name.
    pub english: String,
    /// Its Korean name.
    pub korean: String,
    /// What is measured; the worst where several bounds are one mistake.
    pub measure: Measure,
    /// The joint or limb: its side.
    pub side: Option<Side>,
    /// The unit of value and band.
    pub unit: Unit,
    /// What was measured.
    pub value: f64,
    /// Standard deviation of the value.
    pub uncertainty: f64,
    /// Lowest right value.
    pub min: f64,
    /// Highest right value.
    pub max: f64,
    /// Points taken off: 0.1, or 0.3 for a gross one.
    pub deduction: f64,
    /// The usual mistake of the syllabus that this is, where one fits.
    pub common_fault: Option<String>,
    /// Another stance that fits what was seen, where it is shown in place of the one asked for.
    pub shown_instead: Option<String>,
}

impl Fault {
    pub(super) fn of(
        bound: &BoundVerdict,
        technique: &Technique,
        deduction: f64,
        common_fault: Option<String>,
    ) -> Option<Self> {
        Some(Self {
            technique: technique.id.clone(),
            english: technique.english.clone(),
            korean: technique.korean.clone(),
            measure: bound.measure,
            side: bound.side,
            unit: bound.unit,
            value: bound.value?,
            uncertainty: bound.uncertainty?,
            min: bound.min,
            max: bound.max,
            deduction,
            common_fault,
            shown_instead: None,
        })
    }

    /// What was measured, with its unit.
    pub fn value_text(&self, language: Language) -> String {
        value_text(self.value, self.unit, language)
    }

    /// The band of right values, with its unit.
    pub fn band_text(&self, language: Language) -> String {
        band_text(self.min, self.max, self.unit, language)
    }

    /// What was measured, by name: the joint or limb with its side.
    pub fn measure_text(&self, language: Language) -> String {
        measure_name(self.measure, self.side, language)
    }

    /// In a sentence with technique, joint, value and band.
    pub fn text(&self, language: Language) -> String {
        let name = measure_name(self.measure, self.side, language);
        let (value, band) = (number(self.value, self.unit), band_text(self.min, self.max, self.unit, language));
        let common = self.common_fault.as_ref().map_or_else(String::new, |fault| format!(" — {fault}"));
        match language {
            Language::English => {
                let way = if self.value < self.min { "below" } else { "above" };
                let instead = self
                    .shown_instead
                    .as_ref()
                    .map_or_else(String::new, |id| format!("; {} is shown", id.replace('_', " ")));
                format!("{}: {name} {value} is {way} {band} (−{:.1}){instead}{common}", self.english, self.deduction)
            }
            Language::Korean => {
                let way = if self.value < self.min { "작습니다" } else { "큽니다" };
                let instead = self.shown_instead.as_ref().map_or_else(String::new, |id| format!("; 보인 것은 {id}"));
                format!("{}: {name} {value}, 기준 {band}보다 {way} (−{:.1}){instead}", self.korean, self.deduction)
            }
        }
    }
}

/// All that is said of one posture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdicts {
    /// Id of the technique.
    pub technique: String,
    /// The acting side it was judged as.
    pub side: Option<Side>,
    /// Id of the stance judged with it.
    pub stance: Option<String>,
    /// The leg in front.
    pub lead: Option<Side>,
    /// From where the performer is seen; `None` where nobody was found.
    pub view: Option<View>,
    /// Which way the performer faces, degrees clockwise from above, 0 towards the camera.
    #[serde(serialize_with = "tenths")]
    pub heading_deg: Option<f64>,
    /// Every bound of technique and stance.
    pub bounds: Vec<BoundVerdict>,
    /// What is certainly wrong.
    pub faults: Vec<Fault>,
    /// Sum of the deductions.
    pub deduction: f64,
}

fn tenths<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(|value| (value * 10.0).round() / 10.0).serialize(serializer)
}

impl Verdicts {
    /// Bounds with a verdict.
    pub fn judged(&self) -> impl Iterator<Item = &BoundVerdict> {
        self.bounds.iter().filter(|bound| bound.verdict != Verdict::Withheld)
    }

    /// Bounds without a verdict.
    pub fn withheld(&self) -> impl Iterator<Item = &BoundVerdict> {
        self.bounds.iter().filter(|bound| bound.verdict == Verdict::Withheld)
    }

    /// How badly what was judged misses its bands, in squared standard deviations (each at most 4), on the mean; 16 where nothing
    /// was judged.
    pub(super) fn misfit(&self) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for bound in self.judged() {
            sum += (bound.beyond() / bound.uncertainty.unwrap_or(1.0).max(1e-3)).min(4.0).powi(2);
            count += 1.0;
        }
        if count > 0.0 { sum / count } else { 16.0 }
    }
}

impl BoundVerdict {
    pub(super) fn new(technique: &Technique, measure: Measure, bounds: &Bounds) -> Self {
        Self {
            technique: technique.id.clone(),
            measure,
            side: None,
            unit: measure.quantity.unit(),
            value: None,
            uncertainty: None,
            min: bounds.min,
            max: bounds.max,
            target: bounds.target,
            basis: bounds.basis,
            verdict: Verdict::Withheld,
            withheld: None,
        }
    }

    pub(super) fn without(mut self, reason: Withheld) -> Self {
        self.withheld = Some(reason);
        self
    }
}
