//! The judge.

use kihap_syllabus::{Basis, Bounds, Handedness, Kind, Limb, Measure, Quantity, Side, Syllabus, Technique, Unit};
use kihap_vision::Pose;

use super::exchanged::{Exchanged, TRUNK_TURNS};
use super::sight::{Sight, end_frame, less_sure_from_aside, moments, stand_in, turns_the_hips};
use super::uncertainty::Variance;
use super::verdict::{BoundVerdict, Verdict, Verdicts};
use super::{Doubt, JudgeError, View, Withheld};
use crate::measure::{
    Body3, BodyRatios, Context, Facing, FacingCues, FacingEstimate, Laterality, Motion, NotMeasurable,
};

/// What is to be judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// Id of a technique or stance.
    pub technique: &'a str,
    /// The acting limb (of a stance: the leg in front); both are tried where it is `None`, and the better one is taken.
    pub side: Option<Side>,
    /// Id of the stance it should be done in; stances are not judged where it is `None`.
    pub stance: Option<&'a str>,
    /// The leg in front; found by the feet where it is `None`.
    pub lead: Option<Side>,
    /// Which way the performer should face, degrees clockwise from above, 0 towards the camera, where a form prescribes it; else it is
    /// read from the skeleton.
    pub heading_deg: Option<f64>,
}

/// How far a performer's facing direction may differ from the prescribed one, degrees (standard deviation).
const PRESCRIBED_SPREAD_DEG: f64 = 10.0;
/// Points may lie this much beyond the picture's edge, shares of its size.
const EDGE: f32 = 0.01;
/// Techniques whose gaze is not where the technique goes.
const GAZE_ASIDE: [&str; 5] =
    ["side_punch", "knifehand_side_block", "single_mountain_block", "diamond_block", "large_hinge"];

/// Judges postures by a syllabus.
#[derive(Debug, Clone)]
pub struct Judge<'a> {
    pub(super) syllabus: &'a Syllabus,
    ratios: BodyRatios,
    pub(super) doubt: Doubt,
}

/// Judges one posture of a technique in a stance (with the leg in front, where it is known), as [`Judge::judge`] does.
///
/// # Errors
/// [`JudgeError`]: ids or a side that make no sense.
pub fn judge(
    syllabus: &Syllabus,
    technique: &str,
    side: Option<Side>,
    stance: Option<(&str, Option<Side>)>,
    pose: Option<&Pose>,
) -> Result<Verdicts, JudgeError> {
    let request = Request {
        technique,
        side,
        stance: stance.map(|(id, _)| id),
        lead: stance.and_then(|(_, lead)| lead),
        heading_deg: None,
    };
    Judge::new(syllabus).judge(&request, pose)
}

impl<'a> Judge<'a> {
    /// A judge by the syllabus.
    pub fn new(syllabus: &'a Syllabus) -> Self {
        Self { syllabus, ratios: BodyRatios::of(syllabus), doubt: Doubt::default() }
    }

    /// The same with other limits of doubt.
    pub fn with_doubt(self, doubt: Doubt) -> Self {
        Self { doubt, ..self }
    }

    /// Judges one posture; `None` is a picture in which nobody was found.
    ///
    /// # Errors
    /// [`JudgeError`]: ids or a side that make no sense.
    pub fn judge(&self, request: &Request<'_>, pose: Option<&Pose>) -> Result<Verdicts, JudgeError> {
        match pose {
            Some(pose) => self.of_frames(request, &[(0.0, pose)]),
            None => self.of_frames(request, &[]),
        }
    }

    /// Judges a technique by the frames from its chamber to its end (seconds, pose): the end posture is the last frame, of kicks the
    /// frame in which the foot is highest; chambers, turns, holds and jumps are read from all. The camera must not move.
    ///
    /// # Errors
    /// [`JudgeError`]: ids or a side that make no sense.
    pub fn judge_run(&self, request: &Request<'_>, frames: &[(f64, Pose)]) -> Result<Verdicts, JudgeError> {
        let frames: Vec<_> = frames.iter().map(|(seconds, pose)| (*seconds, pose)).collect();
        self.of_frames(request, &frames)
    }

    fn of_frames(&self, request: &Request<'_>, frames: &[(f64, &Pose)]) -> Result<Verdicts, JudgeError> {
        let technique = self
            .syllabus
            .technique(request.technique)
            .ok_or_else(|| JudgeError::UnknownTechnique { id: request.technique.to_owned() })?;
        let stance = request.stance.map(|id| {
            let found = self.syllabus.technique(id).filter(|stance| stance.kind == Kind::Stance);
            found.ok_or_else(|| JudgeError::NoStance { id: id.to_owned() })
        });
        let stance = stance.transpose()?;
        let sided = technique.handedness == Handedness::Sided;
        if request.side.is_some() && !sided {
            return Err(JudgeError::NoSides { id: technique.id.clone() });
        }
        let sides = match request.side {
            None if sided => Side::BOTH.map(Some).to_vec(),
            side => vec![side],
        };
        let all = sides.into_iter().map(|side| self.as_side(request, technique, stance, side, frames));
        // The first of equals, so that the left side is taken where both fit alike.
        let better = all.reduce(|best, next| if next.misfit() < best.misfit() { next } else { best });
        better.ok_or_else(|| JudgeError::UnknownTechnique { id: request.technique.to_owned() })
    }

    fn as_side(
        &self,
        request: &Request<'_>,
        technique: &'a Technique,
        stance: Option<&'a Technique>,
        side: Option<Side>,
        frames: &[(f64, &Pose)],
    ) -> Verdicts {
        // The side of a stance is its leading leg; of a sided ready posture it is both.
        let is_stance = technique.kind == Kind::Stance;
        let acting = side.filter(|_| !is_stance);
        let lead = request.lead.or(side.filter(|_| is_stance || technique.kind == Kind::Ready));
        let all: Vec<(&Technique, Measure, &Bounds)> = bounds_of(technique, stance, acting, lead);
        let mut verdicts = Verdicts {
            technique: technique.id.clone(),
            side,
            stance: stance.map(|stance| stance.id.clone()),
            lead,
            view: None,
            heading_deg: None,
            bounds: Vec::new(),
            faults: Vec::new(),
            deduction: 0.0,
        };
        let kick = technique.kind == Kind::Kick;
        let end = end_frame(frames, acting.filter(|_| kick));
        let without = |reason: Withheld| -> Vec<BoundVerdict> {
            all.iter()
                .map(|(owner, measure, bounds)| BoundVerdict::new(owner, *measure, bounds).without(reason.clone()))
                .collect()
        };
        let Some((_, pose)) = end else {
            verdicts.bounds = without(Withheld::NobodyFound);
            return verdicts;
        };
        let Some(points) = Body3::camera_points(pose) else {
            verdicts.bounds = without(Withheld::NoDepth);
            return verdicts;
        };
        let own_yaw = technique.geometry.bounds("trunk_yaw_deg").filter(|_| acting.is_some());
        let stance_yaw = stance.unwrap_or(technique).geometry.bounds("trunk_yaw_deg");
        let cues = FacingCues {
            acting: if own_yaw.is_some() || kick { acting } else { None },
            lead,
            trunk_yaw_deg: own_yaw.or(stance_yaw.filter(|_| lead.is_some())).map(|bounds| bounds.target),
            kick_points: kick && turns_the_hips(technique),
            gaze_aside: GAZE_ASIDE.contains(&technique.id.as_str()),
            not_trunk: false,
        };
        let estimate = |cues: &FacingCues| match request.heading_deg {
            Some(heading) => {
                Some(FacingEstimate { facing: Facing::of_heading_deg(heading), spread_deg: PRESCRIBED_SPREAD_DEG })
            }
            None => Facing::estimate(&points, cues),
        };
        let (Some(facing), Some(apart)) = (estimate(&cues), estimate(&FacingCues { not_trunk: true, ..cues })) else {
            verdicts.bounds = without(Withheld::ViewUnsuitable);
            return verdicts;
        };
        let [facing, apart] = [facing, apart].map(less_sure_from_aside);
        let body = Body3::new(&points, facing.facing);
        let stands_lengthwise = stance.unwrap_or(technique).geometry.bounds("front_knee_deg").is_some();
        // A side that is only tried contradicts the skeleton in its own way.
        let asked = acting.filter(|_| request.side.is_some());
        let exchanged = Exchanged::of(&body, technique, asked, request.lead, stands_lengthwise, &self.ratios);
        let lead = lead.or_else(|| body.leading_leg());
        let run = if frames.len() > 1 { moments(frames, facing.facing) } else { Vec::new() };
        let sight = Sight { pose, body, facing, apart, acting, lead, stands_lengthwise, exchanged, run: &run };
        verdicts.lead = lead;
        verdicts.view = Some(View::of(facing.facing));
        verdicts.heading_deg = Some(facing.facing.heading_deg());
        verdicts.bounds =
            all.iter().flat_map(|(owner, measure, bounds)| self.bound(owner, *measure, bounds, &sight)).collect();
        self.find_faults(technique, stance, &sight, &mut verdicts);
        verdicts
    }

    /// Verdicts of one bound: one, or one for each limb where both are meant alike.
    fn bound(&self, owner: &Technique, measure: Measure, bounds: &Bounds, sight: &Sight<'_>) -> Vec<BoundVerdict> {
        let blank = || BoundVerdict::new(owner, measure, bounds);
        // A stance's trunk turns by its leading leg.
        let acting = if owner.kind == Kind::Stance { None } else { sight.acting };
        let context = Context { acting, lead: sight.lead, ratios: &self.ratios };
        // The hand's and the toes' points are too near to each other to tell a shape.
        if matches!(measure.quantity, Quantity::OpenHand | Quantity::AnklePlantarToesBack) {
            return vec![blank().without(Withheld::NotMeasurable { why: NotMeasurable::NoSuchPoint })];
        }
        match sight.body.laterality(measure, &context) {
            Err(why) => vec![blank().without(Withheld::NotMeasurable { why })],
            Ok(Laterality::Whole) => vec![self.one(blank(), measure, sight, &context)],
            Ok(Laterality::One(side)) => {
                vec![self.one(BoundVerdict { side: Some(side), ..blank() }, measure, sight, &context)]
            }
            Ok(Laterality::Each) => Side::BOTH
                .map(|side| {
                    let context = Context { acting: Some(side), ..context };
                    let of_one = Measure { limb: Limb::Acting, ..measure };
                    self.one(BoundVerdict { side: Some(side), ..blank() }, of_one, sight, &context)
                })
                .to_vec(),
        }
    }

    fn one(&self, blank: BoundVerdict, measure: Measure, sight: &Sight<'_>, context: &Context<'_>) -> BoundVerdict {
        let facing = if measure.quantity == Quantity::TrunkYawDeg { sight.apart } else { sight.facing };
        let body = sight.body.faced(facing.facing);
        let points = body.involved(measure, context);
        if let Some(reason) = self.unseen(sight.pose, &points, measure.quantity) {
            return blank.without(reason);
        }
        if sight.exchanged.touches(&points) {
            return blank.without(Withheld::SidesExchanged);
        }
        let lengthwise = sight.lead.is_some() || sight.stands_lengthwise;
        if View::of(facing.facing).hides(measure.quantity, lengthwise) {
            return blank.without(Withheld::ViewUnsuitable);
        }
        let value = match body.measure(measure, context) {
            Err(NotMeasurable::OneFrame | NotMeasurable::NoFloor) if !sight.run.is_empty() => {
                Motion::new(sight.run).measure(measure, context)
            }
            value => value,
        };
        let value = match value {
            Ok(value) => value,
            Err(NotMeasurable::NoFloor) => {
                return blank.without(Withheld::NotMeasurable { why: NotMeasurable::OneFrame });
            }
            Err(why) => return blank.without(Withheld::NotMeasurable { why }),
        };
        if measure.quantity == Quantity::TrunkYawDeg && value.abs() > TRUNK_TURNS {
            return blank.without(Withheld::SidesExchanged);
        }
        let mut variance = match stand_in(measure) {
            Some(measure) => self.doubt.variance(sight.pose, &body, &facing, measure, context),
            None => Variance::over_time(measure.quantity),
        };
        let mut value = value;
        if measure.quantity == Quantity::WristLateral
            && let Ok(Laterality::One(side)) = body.laterality(measure, context)
        {
            // The middle line of a turned body is that of the chest or that of the direction it goes: the value lies between.
            let (by_facing, turned) = body.lateral_by_facing(side, facing.spread_deg);
            let half = (value - by_facing) * 0.5;
            value -= half;
            variance.facing += half * half + turned * turned * 0.25;
            variance.total += half * half + turned * turned * 0.25;
        }
        self.decide(blank, value, &variance)
    }

    /// Why the points cannot be relied on, where they cannot.
    fn unseen(&self, pose: &Pose, points: &[usize], quantity: Quantity) -> Option<Withheld> {
        // Where the weight is hangs on the whole body; arms weigh little.
        let needed = |index: &&usize| quantity != Quantity::WeightFront || !(7..=16).contains(*index);
        let points = || points.iter().filter(needed).copied();
        let landmark = |index: usize| pose.landmarks.get(index);
        let outside: Vec<usize> = points()
            .filter(|index| {
                landmark(*index).is_none_or(|l| {
                    let (x, y) = (l.x / pose.width.max(1) as f32, l.y / pose.height.max(1) as f32);
                    !(-EDGE..=1.0 + EDGE).contains(&x) || !(-EDGE..=1.0 + EDGE).contains(&y)
                })
            })
            .collect();
        if !outside.is_empty() {
            return Some(Withheld::OutsidePicture { points: outside });
        }
        let hidden: Vec<usize> = points()
            .filter(|index| landmark(*index).is_none_or(|l| l.visibility < self.doubt.least_visibility))
            .collect();
        (!hidden.is_empty()).then_some(Withheld::Hidden { points: hidden })
    }

    fn decide(&self, mut bound: BoundVerdict, value: f64, variance: &Variance) -> BoundVerdict {
        let width = bound.max - bound.min;
        let of_band = if bound.basis == Basis::Derived { self.doubt.derived * width } else { 0.0 };
        let sigma = (variance.total + of_band * of_band).sqrt();
        bound.value = Some(value);
        bound.uncertainty = Some(sigma);
        let beyond = bound.beyond();
        let tells = match bound.unit {
            Unit::Flag => sigma < 0.3,
            Unit::Count => true,
            // A band narrower than this doubt cannot be told from what is beside it.
            _ => sigma <= width.max(0.05),
        };
        if beyond > self.doubt.sure * sigma {
            bound.verdict = if value < bound.min { Verdict::Below } else { Verdict::Above };
        } else if !tells {
            bound.verdict = Verdict::Withheld;
            bound.withheld = Some(if variance.depth > 0.5 * variance.total {
                Withheld::Foreshortened { points: variance.points.clone() }
            } else if variance.facing > 0.4 * variance.total {
                Withheld::ViewUnsuitable
            } else {
                Withheld::TooUnsure
            });
        } else {
            bound.verdict = if beyond > 0.0 { Verdict::Doubtful } else { Verdict::Within };
        }
        bound
    }

    /// The stance's bounds as the posture keeps them.
    pub(super) fn as_stance(&self, stance: &Technique, sight: &Sight<'_>) -> Vec<BoundVerdict> {
        let measures = stance.geometry.measures.iter();
        measures.flat_map(|(measure, bounds)| self.bound(stance, *measure, bounds, sight)).collect()
    }
}

/// The bounds of technique and stance together: what both name counts once, as the technique has it.
fn bounds_of<'t>(
    technique: &'t Technique,
    stance: Option<&'t Technique>,
    acting: Option<Side>,
    lead: Option<Side>,
) -> Vec<(&'t Technique, Measure, &'t Bounds)> {
    let of =
        |owner: &'t Technique| owner.geometry.measures.iter().map(move |(measure, bounds)| (owner, *measure, bounds));
    let own = &technique.geometry.measures;
    // A hand of the other side than the front foot turns the trunk another way than the stance alone.
    let reversed = acting.is_some() && lead.is_some() && acting != lead;
    let of_stance = stance.into_iter().flat_map(of).filter(|(_, measure, _)| {
        !(own.contains_key(measure) || reversed && measure.quantity == Quantity::TrunkYawDeg)
    });
    of(technique).chain(of_stance).collect()
}
