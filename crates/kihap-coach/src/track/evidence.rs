//! What one frame says for and against each move of the plan, in nats, before time is taken into account.

use std::collections::BTreeMap;

use kihap_syllabus::Syllabus;
use kihap_vision::Pose;

use super::likeness::Likeness;
use super::motion::{Motion, MotionMeter};
use super::plan::Plan;
use crate::reading::{Reading, Vocabulary};

/// Independent looks a second at a moving body: neighbouring frames show nearly the same, whatever the frame rate.
const LOOKS_PER_SECOND: f64 = 10.0;
/// A still body soon shows nothing new: seconds until looks count a third …
const STALE_AFTER: f64 = 0.5;
/// … and the share they keep.
const STALE_SHARE: f64 = 0.073;
/// For a technique that is on top, and at most against one that is not.
const FOR_TECHNIQUE: f32 = 2.2;
const AGAINST_TECHNIQUE: f32 = 7.9;
/// The same for stances, which say less: knees are hidden by trousers, and feet are at the picture's edge.
const FOR_STANCE: f32 = 0.52;
const AGAINST_STANCE: f32 = 1.6;
/// Probability of the top class below which a reading is flat, and from which on it is clear.
const FLAT: f32 = 0.041;
const CLEAR: f32 = 0.71;
/// So much of the probability of `other` a technique has to stand up to: on the way to a posture, and idle, it is the top class.
const OTHER_SHARE: f32 = 1.4;
/// Time over which the clear technique is averaged, seconds: a flicker is not a technique.
const CLEAR_OVER: f64 = 0.074;
/// Least visibility of the better seen foot for stances to count.
const FOOT_VISIBLE: f32 = 0.5;

/// As the picture shows it, and as a mirror does.
pub(super) type Both<T> = [T; 2];

/// One frame, condensed to what the plan needs.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    /// Number of the reading.
    pub(super) frame: usize,
    pub(super) seconds: f64,
    /// How many independent looks it is worth.
    pub(super) looks: f32,
    pub(super) motion: Motion,
    /// Nobody was found, or the numbers did not fit.
    pub(super) unseen: bool,
    /// Feet in the picture.
    pub(super) feet: bool,
    /// How clear the techniques are, 0 flat to 1.
    pub(super) clear: f32,
    /// For each technique of the plan: nats for (positive) or against it.
    pub(super) techniques: Both<Vec<f32>>,
    /// For each stance of the plan.
    pub(super) stances: Both<Vec<f32>>,
    /// Probability of each technique of the plan, with what its neighbours lend.
    pub(super) probabilities: Both<Vec<f32>>,
    /// Which way the performer faces, as read.
    pub(super) heading: Option<f32>,
    /// The technique on top lately (vocabulary's index, as the picture shows it) and the nats for it.
    pub(super) top: Option<(usize, f32)>,
    /// The technique on top now, whatever it is, and its probability.
    pub(super) best: (usize, f32),
    /// Probability of every technique and stance, as the picture shows them.
    pub(super) seen: Vec<f32>,
    pub(super) stood: Vec<f32>,
    /// Probability of any kick.
    pub(super) kick: f32,
}

/// The techniques and stances of a plan, each once.
#[derive(Debug, Clone)]
pub(super) struct Lexicon {
    /// Vocabulary indices, in the picture and in the mirror.
    pub(super) techniques: Vec<Both<usize>>,
    stances: Vec<Both<usize>>,
    /// For each move its place in `techniques`, and in `stances`.
    pub(super) technique_of: Vec<usize>,
    pub(super) stance_of: Vec<Option<usize>>,
    pub(super) likeness: Likeness,
    pub(super) stance_likeness: Likeness,
    /// Neither wrong nor added where they are seen: postures one rests in.
    resting: Vec<usize>,
    kicks: Vec<usize>,
    other: usize,
    other_stance: usize,
    pub(super) vocabulary: Vocabulary,
}

impl Lexicon {
    pub(super) fn new(syllabus: &Syllabus, vocabulary: &Vocabulary, plan: &Plan) -> Self {
        let likeness = Likeness::of_techniques(syllabus, vocabulary);
        let stance_likeness = Likeness::of_stances(syllabus, vocabulary);
        let listed = |wanted: &mut dyn Iterator<Item = Option<usize>>, mirror: &Likeness| {
            let mut places = BTreeMap::new();
            let mut labels = Vec::new();
            let of: Vec<Option<usize>> = wanted
                .map(|label| {
                    let label = label?;
                    Some(*places.entry(label).or_insert_with(|| {
                        labels.push([label, mirror.mirrored(label)]);
                        labels.len() - 1
                    }))
                })
                .collect();
            (labels, of)
        };
        let (techniques, technique_of) =
            listed(&mut plan.moves.iter().map(|planned| Some(planned.technique)), &likeness);
        let (stances, stance_of) = listed(&mut plan.moves.iter().map(|planned| planned.stance), &stance_likeness);
        let with_id = |ids: &[&str]| {
            let labels = vocabulary.techniques.iter().enumerate();
            labels.filter(|(_, label)| ids.contains(&label.id.as_str())).map(|(index, _)| index).collect()
        };
        let ready = plan.moves[0].id.as_str();
        let is_kick = |id: &str| syllabus.technique(id).is_some_and(|t| t.kind == kihap_syllabus::Kind::Kick);
        let kicks = vocabulary.techniques.iter().enumerate();
        Self {
            resting: with_id(&[ready, "basic_ready_stance", "attention_stance", "sparring_stance"]),
            kicks: kicks.filter(|(_, label)| is_kick(&label.id)).map(|(index, _)| index).collect(),
            other: vocabulary.techniques.len() - 1,
            other_stance: vocabulary.stances.len() - 1,
            techniques,
            stances,
            technique_of: technique_of.into_iter().flatten().collect(),
            stance_of,
            likeness,
            stance_likeness,
            vocabulary: vocabulary.clone(),
        }
    }

    /// Whether a label is no technique that could be done in another's place.
    pub(super) fn no_technique(&self, label: usize) -> bool {
        label == self.other || self.resting.contains(&label)
    }

    /// Whether a technique seen is the move's own, or one that can't be told apart from it.
    pub(super) fn fits(&self, seen: usize, planned: usize, mirrored: bool) -> bool {
        let own = self.techniques[self.technique_of[planned]][usize::from(mirrored)];
        own == seen || self.likeness.twins(own, seen)
    }
}

/// Turns readings into evidence.
#[derive(Debug, Clone)]
pub(super) struct Witness {
    lexicon: Lexicon,
    meter: MotionMeter,
    lately: Vec<f32>,
}

impl Witness {
    pub(super) fn new(lexicon: Lexicon) -> Self {
        Self { meter: MotionMeter::default(), lately: vec![0.0; lexicon.vocabulary.techniques.len()], lexicon }
    }

    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(super) fn see(&mut self, reading: &Reading) -> Evidence {
        let lexicon = &self.lexicon;
        let motion = self.meter.push(reading.pose.as_ref(), reading.seconds);
        let fits = reading.techniques.len() == lexicon.vocabulary.techniques.len()
            && reading.stances.len() == lexicon.vocabulary.stances.len();
        let unseen = reading.pose.is_none() || !fits;
        let stale = STALE_SHARE.max((-motion.still_for / STALE_AFTER).exp());
        let looks = (LOOKS_PER_SECOND * motion.step.min(0.2) * stale) as f32;
        let flat = |count: usize| [vec![0.0; count], vec![0.0; count]];
        let mut evidence = Evidence {
            frame: reading.frame,
            seconds: reading.seconds,
            looks,
            motion,
            unseen,
            feet: false,
            clear: 0.0,
            techniques: flat(lexicon.techniques.len()),
            stances: flat(lexicon.stances.len()),
            probabilities: flat(lexicon.techniques.len()),
            heading: reading.heading_deg.filter(|_| !unseen),
            top: None,
            best: (lexicon.other, 0.0),
            seen: Vec::new(),
            stood: Vec::new(),
            kick: 0.0,
        };
        if unseen {
            self.lately.fill(0.0);
            return evidence;
        }
        let seen = &reading.techniques;
        (evidence.seen, evidence.stood) = (seen.clone(), reading.stances.clone());
        evidence.best = top_of(seen, |_| true);
        evidence.clear = clearness(evidence.best.1);
        evidence.kick = lexicon.kicks.iter().map(|kick| seen[*kick]).sum();
        let top = top_of(seen, |label| label != lexicon.other).1.max(OTHER_SHARE * seen[lexicon.other]).max(1e-6);
        for (place, labels) in lexicon.techniques.iter().enumerate() {
            for (mirrored, label) in labels.iter().enumerate() {
                let smoothed = lexicon.likeness.smoothed(seen, *label);
                evidence.probabilities[mirrored][place] = smoothed;
                evidence.techniques[mirrored][place] =
                    weight(smoothed, top, evidence.clear, FOR_TECHNIQUE, AGAINST_TECHNIQUE);
            }
        }
        evidence.feet = reading.pose.as_ref().is_some_and(feet_in_picture);
        if evidence.feet {
            let top = top_of(&reading.stances, |label| label != lexicon.other_stance).1.max(1e-6);
            let clear = clearness(top_of(&reading.stances, |_| true).1);
            for (place, labels) in lexicon.stances.iter().enumerate() {
                for (mirrored, label) in labels.iter().enumerate() {
                    let smoothed = lexicon.stance_likeness.smoothed(&reading.stances, *label);
                    evidence.stances[mirrored][place] = weight(smoothed, top, clear, FOR_STANCE, AGAINST_STANCE);
                }
            }
        }

        let keep = if motion.cut { 0.0 } else { (-motion.step / CLEAR_OVER).exp() as f32 };
        for (lately, now) in self.lately.iter_mut().zip(seen) {
            *lately = keep * *lately + (1.0 - keep) * now;
        }
        let (label, probability) = top_of(&self.lately, |_| true);
        if !lexicon.no_technique(label) {
            // Half sure is not enough to call something wrong or added.
            evidence.top = Some((label, FOR_TECHNIQUE * (2.0 * clearness(probability) - 1.0)));
        }
        evidence
    }
}

fn top_of(probabilities: &[f32], counts: impl Fn(usize) -> bool) -> (usize, f32) {
    let candidates = probabilities.iter().copied().enumerate().filter(|(label, _)| counts(*label));
    candidates.fold((0, 0.0), |best, now| if now.1 > best.1 { now } else { best })
}

fn clearness(top: f32) -> f32 {
    ((top - FLAT) / (CLEAR - FLAT)).clamp(0.0, 1.0)
}

/// Nats for a label of probability `own` where the top has `top`: the logarithm of their ratio, shifted so that the top itself
/// gets `most`, bounded, and faded out where the reading is flat.
fn weight(own: f32, top: f32, clear: f32, most: f32, least: f32) -> f32 {
    clear * (most + (own / top).max(1e-6).ln()).clamp(-least, most)
}

fn feet_in_picture(pose: &Pose) -> bool {
    let seen = |name: &str| {
        pose.joint(name).is_some_and(|joint| joint.visibility >= FOOT_VISIBLE && joint.y < pose.height as f32)
    };
    seen("left_ankle") && seen("right_ankle")
}
