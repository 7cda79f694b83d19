//! How good generated examples are: neither copies of real ones, nor all alike, nor impossible.

use serde::{Deserialize, Serialize};

use super::{
    body::{BodySpace, Joints},
    bones::{self, length, minus},
    doubts::GenerationDoubt,
    form::Form,
    generator::Generator,
    originals::{mirrored_too, of_class},
};
use crate::{
    error::LearnError,
    example::{Class, Example},
    train::StopReason,
};

/// Real examples below which a class has few.
const FEW: usize = 10;
/// A generated example this near to a real one, in mean distances between nearest real ones, is a copy.
const COPY: f64 = 0.2;
/// Neighbours that span the neighbourhood of a real example (Naeem et al., 2020).
const NEIGHBOURS: usize = 5;
/// Spread of generated examples over that of real ones below which modes have collapsed, and above which they scatter.
const COLLAPSED: f64 = 0.4;
const SCATTERED: f64 = 2.0;
const MANY_COPIES: f64 = 0.25;
const LEAST_COVERAGE: f64 = 0.5;
/// Deviation of bone lengths, in that of real ones and at least, that a user should know of.
const BONES_OFF: (f64, f64) = (2.0, 0.05);

/// Generated examples of a class against real ones (mirror images among them where the generator learnt from them).
/// Distances are mean distances between the same joints of two bodies turned to the camera, in torso lengths; for pictures,
/// the root of the mean squared difference of brightness, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassDiagnostics {
    /// The class.
    pub class: String,
    /// Number of real examples.
    pub real: usize,
    /// Number of generated examples.
    pub generated: usize,
    /// Mean distance between two real examples; 0 for fewer than two.
    pub real_spread: f64,
    /// Mean distance between two generated examples.
    pub generated_spread: f64,
    /// Mean distance from a real example to the nearest other real one; 0 for fewer than two.
    pub real_nearest: f64,
    /// Mean distance from a generated example to the nearest real one.
    pub generated_nearest: f64,
    /// Share of generated examples that are all but copies: nearer to a real one than a fifth of `real_nearest`.
    pub copies: f64,
    /// Share of real examples with a generated one within the distance to their fifth nearest real one (coverage: Naeem
    /// et al., 2020).
    pub coverage: f64,
}

/// Mean deviation of bone lengths from each bone's mean among real skeletons, as a share of that mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BoneDeviation {
    /// Among real skeletons.
    pub real: f64,
    /// Among generated ones as they are given.
    pub generated: f64,
    /// Among generated ones before limbs were brought within their usual lengths.
    pub unrepaired: f64,
}

/// All that is measured about a generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Class by class.
    pub classes: Vec<ClassDiagnostics>,
    /// How long limbs are; `None` for pictures.
    pub bones: Option<BoneDeviation>,
    /// What to keep in mind.
    pub doubts: Vec<GenerationDoubt>,
}

impl Generator {
    /// Compares `per_class` generated examples of every class (at least 2) with the real ones.
    ///
    /// # Errors
    /// Examples with labels that no class has, or classes without skeletons.
    pub fn diagnose(&self, examples: &[Example], per_class: usize, seed: u64) -> Result<Diagnostics, LearnError> {
        let plain = of_class(examples, &self.classes)?;
        let counts: Vec<usize> = plain.iter().map(Vec::len).collect();
        let poses = if self.options.mirror { mirrored_too(plain, &self.classes)? } else { plain };
        let mut classes = Vec::new();
        let mut bones = Bones::default();
        for (label, class) in self.classes.iter().enumerate() {
            if poses[label].is_empty() {
                return Err(LearnError::EmptyClass { class: class.name.clone() });
            }
            let rows = self.rows(label, per_class.max(2), seed)?;
            let real: Vec<Vec<f32>> = poses[label].iter().map(|pose| self.look(&self.form, pose)).collect();
            let made: Vec<Vec<f32>> = match &self.form {
                Form::Pictures => rows,
                Form::Landmarks(space) => {
                    let made: Vec<Joints> = rows.iter().map(|row| space.joints(&space.pose(row))).collect();
                    bones.real.extend(poses[label].iter().map(|pose| deviation(space, &space.joints(pose))));
                    bones.unrepaired.extend(rows.iter().map(|row| deviation(space, &space.unrepaired(row))));
                    bones.generated.extend(made.iter().map(|joints| deviation(space, joints)));
                    made.into_iter().map(|joints| joints.into_iter().flatten().collect()).collect()
                }
            };
            classes.push(self.compare(class, &real, &made));
        }
        let bones = bones.means();
        let doubts = self.doubts(&classes, &counts, bones);
        Ok(Diagnostics { classes, bones, doubts })
    }

    /// What is compared of a real example.
    fn look(&self, form: &Form, pose: &kihap_vision::Pose) -> Vec<f32> {
        match form {
            Form::Pictures => form.numbers(pose),
            Form::Landmarks(space) => space.joints(pose).into_iter().flatten().collect(),
        }
    }

    fn compare(&self, class: &Class, real: &[Vec<f32>], made: &[Vec<f32>]) -> ClassDiagnostics {
        let distance = |a: &Vec<f32>, b: &Vec<f32>| match self.form {
            Form::Landmarks(_) => between_bodies(a, b),
            Form::Pictures => between_pictures(a, b),
        };
        // distances from each real example to the other real ones, the nearest first
        let mut among_real: Vec<Vec<f64>> = Vec::with_capacity(real.len());
        for (i, a) in real.iter().enumerate() {
            let others = real.iter().enumerate().filter(|(j, _)| *j != i);
            let mut distances: Vec<f64> = others.map(|(_, b)| distance(a, b)).collect();
            distances.sort_unstable_by(f64::total_cmp);
            among_real.push(distances);
        }
        let real_nearest = mean(among_real.iter().filter_map(|row| row.first().copied()));
        let to_real: Vec<Vec<f64>> = made.iter().map(|a| real.iter().map(|b| distance(a, b)).collect()).collect();
        let nearest = |row: &Vec<f64>| row.iter().copied().fold(f64::INFINITY, f64::min);
        let copies = to_real.iter().filter(|row| nearest(row) < COPY * real_nearest).count();
        let covered = among_real.iter().enumerate().filter(|(index, row)| {
            let reach = row.get(NEIGHBOURS - 1).or(row.last()).copied().unwrap_or(0.0);
            to_real.iter().any(|to| to[*index] <= reach)
        });
        let pairs = made.iter().enumerate().flat_map(|(i, a)| made[i + 1..].iter().map(move |b| (a, b)));
        ClassDiagnostics {
            class: class.name.clone(),
            real: real.len(),
            generated: made.len(),
            real_spread: mean(among_real.iter().flatten().copied()),
            generated_spread: mean(pairs.map(|(a, b)| distance(a, b))),
            real_nearest,
            generated_nearest: mean(to_real.iter().map(nearest)),
            copies: copies as f64 / made.len().max(1) as f64,
            coverage: covered.count() as f64 / real.len().max(1) as f64,
        }
    }

    fn doubts(
        &self,
        classes: &[ClassDiagnostics],
        counts: &[usize],
        bones: Option<BoneDeviation>,
    ) -> Vec<GenerationDoubt> {
        let mut doubts = Vec::new();
        if let (StopReason::Interrupted, Some(last)) = (self.stopped, self.history.last()) {
            doubts.push(GenerationDoubt::Interrupted { step: last.step });
        }
        for (of, count) in classes.iter().zip(counts) {
            let class = || of.class.clone();
            if *count < FEW {
                doubts.push(GenerationDoubt::FewReal { class: class(), count: *count });
            }
            if of.real_spread > 0.0 {
                let ratio = of.generated_spread / of.real_spread;
                if ratio < COLLAPSED {
                    doubts.push(GenerationDoubt::Collapsed { class: class(), ratio });
                } else if ratio > SCATTERED {
                    doubts.push(GenerationDoubt::Scattered { class: class(), ratio });
                }
                if of.coverage < LEAST_COVERAGE {
                    doubts.push(GenerationDoubt::Uncovered { class: class(), coverage: of.coverage });
                }
            }
            if of.copies > MANY_COPIES {
                doubts.push(GenerationDoubt::Copies { class: class(), share: of.copies });
            }
        }
        if let Some(BoneDeviation { real, unrepaired, .. }) = bones
            && unrepaired > (BONES_OFF.0 * real).max(BONES_OFF.1)
        {
            doubts.push(GenerationDoubt::BonesOff { real, generated: unrepaired });
        }
        doubts
    }
}

/// Deviations of single skeletons.
#[derive(Default)]
struct Bones {
    real: Vec<f64>,
    generated: Vec<f64>,
    unrepaired: Vec<f64>,
}

impl Bones {
    fn means(self) -> Option<BoneDeviation> {
        let [real, generated, unrepaired] = [self.real, self.generated, self.unrepaired].map(|v| mean(v.into_iter()));
        (real > 0.0 || unrepaired > 0.0).then_some(BoneDeviation { real, generated, unrepaired })
    }
}

/// The sum of all differences from the bones' mean lengths over the sum of these.
fn deviation(space: &BodySpace, joints: &Joints) -> f64 {
    let lengths = bones::lengths(space.skeleton, joints);
    let off: f32 = lengths.iter().zip(&space.bones).map(|(length, bone)| (length - bone.mean).abs()).sum();
    f64::from(off / space.bones.iter().map(|bone| bone.mean).sum::<f32>().max(1e-6))
}

/// Both are x, y and z of one joint after the other.
fn between_bodies(a: &[f32], b: &[f32]) -> f64 {
    let joints = a.chunks_exact(3).zip(b.chunks_exact(3));
    mean(joints.map(|(a, b)| f64::from(length(minus([a[0], a[1], a[2]], [b[0], b[1], b[2]])))))
}

/// Both are brightness from −1 to 1.
fn between_pictures(a: &[f32], b: &[f32]) -> f64 {
    mean(a.iter().zip(b).map(|(a, b)| f64::from((a - b) / 2.0).powi(2))).sqrt()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}
