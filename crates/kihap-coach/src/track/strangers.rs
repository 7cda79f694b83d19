//! Where the readings speak against the order: holds that show another technique than the form's, and postures between the form's steps.

use super::account::Account;
use super::holds::Held;
use super::lattice::Phase;
use super::rival::Rival;

/// From so much of movement on, a posture is left; see [`Motion::moving`](super::Motion::moving).
const LEFT: f32 = 0.5;
/// What is held for less than this share of the usual time is a chamber, not a technique.
const SHORTEST: f64 = 0.6;

impl Account<'_> {
    /// What the order says is a step, but whose readings plainly show something else, is another technique in its place; after
    /// the step itself it is one more.
    pub(super) fn contradicted(&self, held: &mut [Held]) {
        for place in 0..held.len() {
            let hold = held[place];
            let planned = &self.plan.moves[hold.index];
            if planned.step.is_none() || !planned.closes {
                continue;
            }
            let before = place.checked_sub(1).map(|before| held[before]);
            let done = before.is_some_and(|before| {
                before.index == hold.index && before.phase == Phase::Hold && self.one_shot(before.last, hold.first)
            });
            let shows = |other: fn(Rival) -> bool| self.rival(&hold).is_some_and(other);
            held[place].phase = match hold.phase {
                Phase::Wrong if done => Phase::Added,
                Phase::Hold if done && shows(Rival::is_likelier) => Phase::Added,
                Phase::Hold if !done && shows(Rival::is_plain) => Phase::Wrong,
                phase => phase,
            };
        }
    }

    /// A posture between two steps that plainly shows neither's technique was added.
    pub(super) fn between(&self, held: &mut Vec<Held>) {
        let shortest_s = SHORTEST * self.usual_s(held);
        let lasts_s = |(first, last): &(usize, usize)| self.frames[*last].seconds - self.frames[*first].seconds;
        let mut postures = self.postures();
        postures.retain(|posture| lasts_s(posture) >= shortest_s);
        let mut all = Vec::with_capacity(held.len());
        for (place, hold) in held.iter().enumerate() {
            let mut hold = *hold;
            let planned = &self.plan.moves[hold.index];
            // What comes after the last thing held does not belong to the form.
            let added = held.get(place + 1).and_then(|next| {
                if hold.phase != Phase::Hold || planned.step.is_none() || !planned.closes {
                    return None;
                }
                let after = postures.iter().filter(|(first, last)| *first > hold.first && *last < next.first);
                // The posture that the step itself ends in comes first.
                let still =
                    |to: usize| self.frames[hold.first..=to].iter().all(|evidence| evidence.motion.moving < LEFT);
                let mut after = after
                    .skip_while(|(first, _)| still(*first))
                    .take_while(|(first, _)| self.one_shot(hold.first, *first));
                after.find_map(|&(first, last)| {
                    let posture = Held { phase: Phase::Added, first, last, ..hold };
                    let strange = |index: usize| {
                        self.rival(&Held { index, ..posture }).is_some_and(|rival| rival.is_plain() && rival.is_seen())
                    };
                    (strange(hold.index) && strange(next.index)).then_some(posture)
                })
            });
            if let Some(posture) = added {
                hold.last = hold.last.min(posture.first.saturating_sub(1)).max(hold.first);
            }
            all.push(hold);
            all.extend(added);
        }
        *held = all;
    }

    /// Whether no cut lies between two frames. What a new shot begins with may be the way to the next step.
    fn one_shot(&self, from: usize, to: usize) -> bool {
        self.frames[from + 1..=to].iter().all(|evidence| !evidence.motion.cut)
    }

    /// Stretches of frames in which the body has come to rest: first and last.
    fn postures(&self) -> Vec<(usize, usize)> {
        let mut postures: Vec<(usize, usize)> = Vec::new();
        for (at, evidence) in self.frames.iter().enumerate() {
            // What a shot begins with was not performed in it.
            if evidence.unseen || !evidence.motion.fresh || evidence.motion.moving >= LEFT {
                continue;
            }
            match postures.last_mut() {
                Some((_, last)) if *last + 1 == at && !evidence.motion.cut => *last = at,
                _ => postures.push((at, at)),
            }
        }
        postures
    }

    /// How long a step of this performance is held: the median, seconds.
    fn usual_s(&self, held: &[Held]) -> f64 {
        let steps = held.iter().filter(|hold| hold.phase == Phase::Hold && self.plan.moves[hold.index].closes);
        let mut all: Vec<f64> =
            steps.map(|hold| self.frames[hold.last].seconds - self.frames[hold.first].seconds).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::INFINITY)
    }
}
