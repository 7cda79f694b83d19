//! What can go wrong in a performance on purpose.

use kihap_syllabus::{Form, Kind, Limb, Measure, Quantity as Q, Side, Step, Syllabus, Technique, Unit};

use crate::chance::Chance;
use crate::kinematics::{Body, Joints};
use crate::measure::{Body3, BodyRatios, Facing};
use crate::postures::Demand;

/// A bound of a technique or stance that is broken.
#[derive(Debug, Clone, PartialEq)]
pub struct Breach {
    /// Id of the technique or stance whose bound it is.
    pub technique: String,
    /// What is measured.
    pub measure: Measure,
    /// The value that the posture is given, in the measure's unit.
    pub value: f64,
}

/// What goes wrong. Steps are numbered as in the form.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// A step is left out.
    Skipped {
        /// The step.
        step: u32,
    },
    /// A step is done twice.
    Repeated {
        /// The step.
        step: u32,
    },
    /// A step and the next one change places.
    Swapped {
        /// The former of the two.
        step: u32,
    },
    /// Another technique is done in place of the step's last one.
    WrongTechnique {
        /// The step.
        step: u32,
        /// Id of what is done instead.
        technique: String,
    },
    /// The step's techniques are done with the other limb.
    WrongSide {
        /// The step.
        step: u32,
    },
    /// A technique that the form has not follows the step.
    Added {
        /// The step before it.
        step: u32,
        /// Id of what is added.
        technique: String,
        /// The acting limb.
        side: Side,
    },
    /// The step ends in another stance.
    WrongStance {
        /// The step.
        step: u32,
        /// Id of the stance shown.
        stance: String,
    },
    /// Faster or slower than everything else.
    Tempo {
        /// The step; `None` for the whole performance.
        step: Option<u32>,
        /// 0.5 is half as fast.
        factor: f32,
    },
    /// The whole form is done as in a mirror.
    Mirrored,
    /// The posture at the end of a step's last technique breaks a bound.
    Posture {
        /// The step.
        step: u32,
        /// Which bound, and how.
        breach: Breach,
    },
}

/// The kinds of [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// [`Fault::Skipped`].
    Skipped,
    /// [`Fault::Repeated`].
    Repeated,
    /// [`Fault::Swapped`].
    Swapped,
    /// [`Fault::WrongTechnique`].
    WrongTechnique,
    /// [`Fault::WrongSide`].
    WrongSide,
    /// [`Fault::Added`].
    Added,
    /// [`Fault::WrongStance`].
    WrongStance,
    /// [`Fault::Tempo`].
    Tempo,
    /// [`Fault::Mirrored`].
    Mirrored,
    /// [`Fault::Posture`].
    Posture,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Skipped,
        Self::Repeated,
        Self::Swapped,
        Self::WrongTechnique,
        Self::WrongSide,
        Self::Added,
        Self::WrongStance,
        Self::Tempo,
        Self::Mirrored,
        Self::Posture,
    ];
}

/// Measures that a posture can be given, by whose they are.
const OF_HANDS: [(Limb, Q); 8] = [
    (Limb::Acting, Q::WristHeight),
    (Limb::Acting, Q::WristLateral),
    (Limb::Acting, Q::ElbowDeg),
    (Limb::Other, Q::WristHeight),
    (Limb::Other, Q::WristLateral),
    (Limb::Other, Q::ElbowDeg),
    (Limb::Both, Q::TrunkLeanDeg),
    (Limb::Both, Q::TrunkYawDeg),
];
const OF_KICKS: [(Limb, Q); 4] = [
    (Limb::Acting, Q::KneeDeg),
    (Limb::Acting, Q::AnkleHeight),
    (Limb::Both, Q::SupportKneeDeg),
    (Limb::Both, Q::TrunkLeanDeg),
];
const OF_STANCES: [(Limb, Q); 3] =
    [(Limb::Both, Q::AnkleDistanceSw), (Limb::Both, Q::FrontKneeDeg), (Limb::Both, Q::RearKneeDeg)];

/// A clear miss of a bound, and the values a body can show, by unit.
fn miss(unit: Unit) -> (f64, [f64; 2]) {
    match unit {
        Unit::Degrees => (25.0, [25.0, 178.0]),
        Unit::Trunks => (0.3, [-0.5, 1.6]),
        Unit::HalfShoulders => (0.8, [-2.0, 2.8]),
        Unit::ShoulderWidths => (0.45, [0.1, 2.6]),
        _ => (f64::INFINITY, [0.0, 0.0]),
    }
}

impl Breach {
    /// The measures of a technique or stance that can be broken on purpose.
    pub fn measures(technique: &Technique) -> Vec<Measure> {
        let list: &[(Limb, Q)] = match technique.kind {
            Kind::Kick => &OF_KICKS,
            Kind::Stance => &OF_STANCES,
            _ => &OF_HANDS,
        };
        let measures = list.iter().map(|&(limb, quantity)| Measure { limb, quantity });
        measures.filter(|measure| technique.geometry.measures.contains_key(measure)).collect()
    }

    /// The bound missed by `margin`, in the measure's unit, above or below; `None` where the technique has no such bound or a
    /// body cannot show it.
    pub fn beyond(technique: &Technique, measure: Measure, above: bool, margin: f64) -> Option<Self> {
        let bounds = technique.geometry.measures.get(&measure)?;
        let value = if above { bounds.max + margin } else { bounds.min - margin };
        let (_, [low, high]) = miss(measure.quantity.unit());
        // A trunk leans and turns about 0; the limits of joints do not hold for it.
        let (low, high) = match measure.quantity {
            Q::TrunkLeanDeg => (0.0, 80.0),
            Q::TrunkYawDeg => (-80.0, 80.0),
            _ => (low, high),
        };
        (low..=high).contains(&value).then(|| Self { technique: technique.id.clone(), measure, value })
    }

    /// What the posture of a demand shows of the measure when the bound is broken; `None` where one skeleton cannot tell.
    pub fn shown(&self, demand: &Demand<'_>, ratios: &BodyRatios) -> Option<f64> {
        let fixed = (self.measure, self.value);
        let posture = demand.end_with(&mut Chance::new("breach", &[]), 0.0, Some(fixed));
        let points = Joints::of(&Body::MEAN, &posture).points;
        Body3::new(&points, Facing::AHEAD).value(self.measure, demand.side, demand.lead, ratios)
    }

    fn draw(of: &Technique, demand: &Demand<'_>, ratios: &BodyRatios, chance: &mut Chance) -> Option<Self> {
        let measures = Self::measures(of);
        let measure = *measures.get(chance.below(measures.len()))?;
        let bounds = of.geometry.measures.get(&measure)?;
        let (clear, _) = miss(measure.quantity.unit());
        let above = chance.often(0.5);
        let margin = clear * f64::from(chance.between(0.8, 1.5));
        // Not everything a bound forbids can be done: an arm is too short, a leg too long.
        [above, !above].into_iter().find_map(|above| {
            let breach = Self::beyond(of, measure, above, margin)?;
            let shown = breach.shown(demand, ratios)?;
            let missed = if above { shown - bounds.max } else { bounds.min - shown };
            (missed > 0.6 * margin).then_some(breach)
        })
    }
}

impl Fault {
    /// A fault of a kind somewhere in a form or its section; `None` where it has no room for one.
    pub fn draw(kind: FaultKind, syllabus: &Syllabus, form: &Form, section: Option<u32>, seed: u64) -> Option<Self> {
        let mut chance = Chance::new("fault", &[seed, kind as u64]);
        let steps: Vec<&Step> =
            form.steps.iter().filter(|step| section.is_none_or(|section| step.section == section)).collect();
        // Chance may meet a step that cannot show the fault.
        (0..40).find_map(|_| Self::at(kind, syllabus, &steps, &mut chance))
    }

    fn at(kind: FaultKind, syllabus: &Syllabus, steps: &[&Step], chance: &mut Chance) -> Option<Self> {
        let index = chance.below(steps.len());
        let step = *steps.get(index)?;
        let number = step.number;
        let last = step.technique.last()?;
        Some(match kind {
            FaultKind::Skipped => Self::Skipped { step: number },
            FaultKind::Repeated => Self::Repeated { step: number },
            FaultKind::Swapped => {
                let next = steps.get(index + 1)?;
                let ids = |step: &Step| step.technique.iter().map(|t| (t.id.clone(), t.side)).collect::<Vec<_>>();
                // Two alike that change places are no fault.
                if ids(step) == ids(next) && step.stance == next.stance {
                    return None;
                }
                Self::Swapped { step: number }
            }
            FaultKind::WrongTechnique => {
                let technique = stranger(syllabus, &last.id, chance)?;
                Self::WrongTechnique { step: number, technique }
            }
            FaultKind::WrongSide => {
                last.side.one()?;
                Self::WrongSide { step: number }
            }
            FaultKind::Added => {
                let technique = stranger(syllabus, &last.id, chance)?;
                Self::Added { step: number, technique, side: chance.one_of(&Side::BOTH) }
            }
            FaultKind::WrongStance => {
                let usual = ["walking_stance", "front_stance", "back_stance", "horse_riding_stance", "tiger_stance"];
                let stance = chance.one_of(&usual);
                if step.stance == stance || !usual.contains(&step.stance.as_str()) {
                    return None;
                }
                Self::WrongStance { step: number, stance: stance.to_owned() }
            }
            FaultKind::Tempo => {
                let factor = if chance.often(0.5) { chance.between(0.5, 0.7) } else { chance.between(1.5, 2.0) };
                Self::Tempo { step: chance.often(0.5).then_some(number), factor }
            }
            FaultKind::Mirrored => Self::Mirrored,
            FaultKind::Posture => {
                let own = syllabus.technique(&last.id)?;
                let stance = syllabus.technique(&step.stance).filter(|_| own.kind != Kind::Kick);
                let of = stance.filter(|_| chance.often(0.4)).unwrap_or(own);
                let lead = step.lead_leg.side();
                let demand = Demand { technique: Some(own), side: last.side.one(), stance, lead };
                Self::Posture { step: number, breach: Breach::draw(of, &demand, &BodyRatios::of(syllabus), chance)? }
            }
        })
    }

    /// The kind of it.
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Skipped { .. } => FaultKind::Skipped,
            Self::Repeated { .. } => FaultKind::Repeated,
            Self::Swapped { .. } => FaultKind::Swapped,
            Self::WrongTechnique { .. } => FaultKind::WrongTechnique,
            Self::WrongSide { .. } => FaultKind::WrongSide,
            Self::Added { .. } => FaultKind::Added,
            Self::WrongStance { .. } => FaultKind::WrongStance,
            Self::Tempo { .. } => FaultKind::Tempo,
            Self::Mirrored => FaultKind::Mirrored,
            Self::Posture { .. } => FaultKind::Posture,
        }
    }

    /// The step it belongs to; `None` where it runs through everything.
    pub fn step(&self) -> Option<u32> {
        match self {
            Self::Skipped { step }
            | Self::Repeated { step }
            | Self::Swapped { step }
            | Self::WrongTechnique { step, .. }
            | Self::WrongSide { step }
            | Self::Added { step, .. }
            | Self::WrongStance { step, .. }
            | Self::Posture { step, .. } => Some(*step),
            Self::Tempo { step, .. } => *step,
            Self::Mirrored => None,
        }
    }
}

/// A technique of the hands that is plainly another one.
fn stranger(syllabus: &Syllabus, id: &str, chance: &mut Chance) -> Option<String> {
    let plain = [
        "low_block",
        "face_block",
        "inward_middle_block",
        "outward_middle_block",
        "trunk_punch",
        "knifehand_inward_strike",
        "low_opening_block",
    ];
    let known: Vec<&str> = plain.into_iter().filter(|p| *p != id && syllabus.technique(p).is_some()).collect();
    known.get(chance.below(known.len())).map(|id| (*id).to_owned())
}
