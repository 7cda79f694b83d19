//! Whether what is held where the form asks for one thing looks more like another: all frames of the hold together, of which any single
//! one says little. The limits were searched together with the decoder's costs; that on another technique was made stricter before,
//! for drawn films that the estimator looked at.

use super::account::Account;
use super::evidence::Evidence;
use super::holds::Held;

/// Mean nats by which a hold looks more like the other side's technique, or like another one, from which on it is taken for that.
const OTHER_SIDE: f32 = 1.2;
const OTHER_TECHNIQUE: f32 = 3.4;
/// The same where the technique itself was done just before: once more, or another?
const ONCE_MORE: f32 = 0.68;
/// Mean nats from which on a technique is seen at all: a probability of a tenth.
const SEEN: f32 = -2.3;
/// So much more for techniques that are quite alike.
const ALIKE: f32 = 1.4;
/// Mean nats by which it looks more like another stance, from which on it is taken for that.
pub(super) const PLAIN_STANCE: f32 = 2.6;
/// What a network thinks impossible is no less probable than this.
const LEAST: f32 = 1e-4;

/// How much more a hold looks like the other side's technique, and like any other, than like its own; mean nats.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rival {
    side: f32,
    other: f32,
    /// Mean nats of what it looks like most of all that is not its own, and of no technique at all.
    shown: f32,
    idle: f32,
}

impl Rival {
    /// Whether it is plainly something else.
    pub(super) fn is_plain(self) -> bool {
        self.side > OTHER_SIDE || self.other > OTHER_TECHNIQUE
    }

    /// Whether it is something else rather than the same once more.
    pub(super) fn is_likelier(self) -> bool {
        self.side.max(self.other) > ONCE_MORE
    }

    /// Whether what it looks like is seen at all, and is not merely less unlike than its own.
    pub(super) fn is_seen(self) -> bool {
        self.shown > SEEN && self.shown > self.idle
    }
}

impl Account<'_> {
    /// How much more a hold looks like something else than like what the form asks for.
    pub(super) fn rival(&self, hold: &Held) -> Option<Rival> {
        let view = self.view();
        let own = self.lexicon.techniques[self.lexicon.technique_of[hold.index]][view];
        let opposite = self.lexicon.likeness.mirrored(own);
        let kick = self.plan.moves[hold.index].is_kick();
        let labels = self.lexicon.vocabulary.techniques.len();
        let nats = self.mean_nats(hold, labels, |evidence| {
            let weight = if kick { evidence.kick } else { 1.0 - evidence.motion.moving };
            (!evidence.seen.is_empty()).then_some((evidence.seen.as_slice(), weight))
        })?;
        let likeness = &self.lexicon.likeness;
        let mine = |label: usize| label == own || likeness.twins(own, label);
        let theirs = |label: usize| opposite != own && (label == opposite || likeness.twins(opposite, label));
        let most = |of: &dyn Fn(usize) -> bool, nats: &dyn Fn(usize) -> f32| {
            (0..labels).filter(|label| of(*label)).map(nats).fold(f32::NEG_INFINITY, f32::max)
        };
        let plain = |label: usize| nats[label];
        // What is alike is taken for one another.
        let told_apart =
            |label: usize| nats[label] - if mine(label) { 0.0 } else { ALIKE * likeness.between(own, label) };
        let fits = most(&mine, &told_apart);
        let stranger = |label: usize| !mine(label) && !theirs(label) && !self.lexicon.no_technique(label);
        Some(Rival {
            side: most(&theirs, &told_apart) - fits,
            other: most(&stranger, &told_apart) - fits,
            shown: most(&|label| !mine(label) && !self.lexicon.no_technique(label), &plain),
            idle: most(&|label| self.lexicon.no_technique(label), &plain),
        })
    }

    /// The stance (its id) that a hold looks like most but the one asked for, and by how much more it does.
    pub(super) fn stance_rival(&self, hold: &Held) -> Option<(usize, f32)> {
        let own = self.plan.moves[hold.index].stance?;
        let own = if self.explanation.hypothesis.mirrored { self.lexicon.stance_likeness.mirrored(own) } else { own };
        let labels = &self.lexicon.vocabulary.stances;
        let nats = self.mean_nats(hold, labels.len(), |evidence| {
            (evidence.feet && !evidence.stood.is_empty())
                .then_some((evidence.stood.as_slice(), 1.0 - evidence.motion.moving))
        })?;
        let mine = |label: usize| labels[label].id == labels[own].id || self.lexicon.stance_likeness.twins(own, label);
        let fits = (0..labels.len()).filter(|label| mine(*label)).map(|label| nats[label]);
        let fits = fits.fold(f32::NEG_INFINITY, f32::max);
        let others = (0..labels.len()).filter(|label| !mine(*label) && labels[*label].id != kihap_syllabus::OTHER);
        let (label, best) = others.map(|label| (label, nats[label])).max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((label, best - fits))
    }

    /// Mean logarithms of probabilities over a hold; `None` where it was never seen.
    fn mean_nats<'e>(
        &'e self,
        hold: &Held,
        labels: usize,
        of: impl Fn(&'e Evidence) -> Option<(&'e [f32], f32)>,
    ) -> Option<Vec<f32>> {
        let (mut sums, mut all) = (vec![0.0; labels], 0.0);
        for evidence in &self.frames[hold.first..=hold.last] {
            let Some((probabilities, weight)) = of(evidence) else { continue };
            let weight = weight.max(1e-3) * evidence.motion.step as f32;
            all += weight;
            for (sum, probability) in sums.iter_mut().zip(probabilities) {
                *sum += weight * probability.max(LEAST).ln();
            }
        }
        (all > 0.0).then(|| sums.iter().map(|sum| sum / all).collect())
    }
}
