//! Synthetic samples of a course, and synthetic performances of a form.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use kihap_coach::camera::Camera;
use kihap_coach::degrade::ErrorModel;
use kihap_coach::figure::{self, Actor};
use kihap_coach::performance::{Film, Manner, Performance, Shoot, film};
use kihap_coach::synth::{Shot, Still, StillMaker};
use kihap_dataset::{Dataset, PoseSample, SampleMeta};
use kihap_syllabus::{ClassKind, CourseClass, HandRule, Side, Syllabus};
use kihap_vision::video_writer::VideoWriter;
use serde_json::{Value, json};

use crate::error::{JobError, Result};

/// How many samples, and of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SynthRequest {
    /// Samples of each class.
    pub per_class: usize,
    /// Pictures instead of skeletons alone.
    pub render: bool,
    /// Everything follows from it.
    pub seed: u64,
}

/// JPEG quality of drawn pictures, 1 to 100.
const QUALITY: u8 = 92;
/// Samples taken in at once.
const BATCH: usize = 200;

/// Adds synthetic samples of a course's classes to a dataset: skeletons with a real estimator's errors, or drawn pictures. Nobody
/// is only drawn: there is no skeleton to store. Gives the number of samples.
///
/// # Errors
/// A course that there is not, or a dataset that cannot be written.
pub fn synthesise(
    dataset: &mut Dataset,
    syllabus: &Syllabus,
    course: &str,
    request: &SynthRequest,
    tell: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<usize> {
    let classes = syllabus.course(course)?;
    let errors =
        ErrorModel::measured().map_err(|e| JobError::Source { path: "errors.toml".into(), reason: e.to_string() })?;
    let maker = StillMaker::new(syllabus);
    let total = classes.len() * request.per_class;
    let (mut added, mut done) = (0, 0);
    let mut waiting = Vec::new();
    for (index, class) in classes.iter().enumerate() {
        for number in 0..request.per_class {
            let seed = (request.seed << 24) + (number * classes.len() + index) as u64;
            let shot = shot_of(syllabus, class, seed);
            if request.render {
                let (picture, still) = maker.draw(&shot, seed);
                let mut bytes = Cursor::new(Vec::new());
                let encoded = JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture);
                encoded.map_err(|e| JobError::Source { path: class.id.clone().into(), reason: e.to_string() })?;
                dataset.add_picture(bytes.get_ref(), meta(class, &still, seed))?;
                added += 1;
            } else {
                let still = maker.make(&shot, seed);
                if let Some(pose) = still.truth.as_ref().and_then(|truth| errors.degrade(truth, seed)) {
                    waiting.push(PoseSample { pose, meta: meta(class, &still, seed) });
                }
            }
            done += 1;
            if waiting.len() >= BATCH {
                added += dataset.add_poses(std::mem::take(&mut waiting))?.len();
            }
            if tell(done, total).is_break() {
                return Err(JobError::Stopped);
            }
        }
    }
    added += dataset.add_poses(waiting)?.len();
    Ok(added)
}

fn meta(class: &CourseClass, still: &Still, seed: u64) -> SampleMeta {
    let away = (still.shown.heading_deg + 180.0).rem_euclid(360.0) - 180.0;
    let view = match away.abs() {
        _ if still.shown.empty => None,
        a if a < 25.0 => Some("front"),
        a if a < 65.0 => Some("oblique"),
        a if a < 115.0 => Some("side"),
        _ => Some("back"),
    };
    SampleMeta {
        class: class.id.clone(),
        person: Some(format!("synthetic {}", still.person)),
        session: Some(format!("synthetic {}", still.person)),
        source: Some(format!("synth seed {seed}")),
        view: view.map(str::to_owned),
        name: Some(format!("{}-{seed}", class.id)),
        ..SampleMeta::default()
    }
}

/// What a class of a course shows, in the stance that the course names.
fn shot_of(syllabus: &Syllabus, class: &CourseClass, seed: u64) -> Shot {
    match class.kind {
        ClassKind::Nobody => return Shot::Nobody,
        ClassKind::Other => return Shot::Everyday,
        ClassKind::Motion => {}
    }
    let Some(technique) = class.techniques.get(seed as usize % class.techniques.len().max(1)) else {
        return Shot::Everyday;
    };
    let side = class.side.or_else(|| Some(if seed.is_multiple_of(2) { Side::Left } else { Side::Right }));
    let basic = syllabus.basics().motions.iter().find(|basic| class.id.starts_with(&basic.id));
    let step = class.steps.first().and_then(|number| {
        let steps = syllabus.forms().iter().flat_map(|form| &form.steps);
        steps.filter(|step| step.number == *number).find(|step| step.technique.iter().any(|t| t.id == *technique))
    });
    let (stance, lead) = match (step, basic) {
        (Some(step), _) => (Some(step.stance.clone()), step.lead_leg.side()),
        (None, Some(basic)) => {
            let opposite = basic.hand == Some(HandRule::Opposite);
            (Some(basic.stance.clone()), if opposite { side.map(Side::other) } else { side })
        }
        (None, None) => (None, side),
    };
    Shot::InStance { technique: technique.clone(), side, stance, lead }
}

/// A filmed performance of a form or section by a synthetic body.
///
/// # Errors
/// A section that the form does not have.
pub fn perform(
    syllabus: &Syllabus,
    form: &str,
    section: Option<u32>,
    front: bool,
    seed: u64,
) -> Result<(Performance, Film, Shoot)> {
    let bad = |reason: String| JobError::Source { path: form.into(), reason };
    let form = syllabus.form(form).ok_or_else(|| bad("there is no such form".into()))?;
    let manner = Manner::of(seed, seed);
    let performance = Performance::of_form(syllabus, form, section, &manner).map_err(|e| bad(e.to_string()))?;
    let shoot = Shoot::of(seed);
    let shoot = if front { shoot.from_azimuth(0.0) } else { shoot };
    let errors = ErrorModel::measured().map_err(|e| bad(e.to_string()))?;
    let filmed = film(&performance, &shoot, &errors, seed);
    Ok((performance, filmed, shoot))
}

/// The film's skeletons as `kihap skeleton --json` writes them, with what is true beside each.
pub fn film_json(source: &str, filmed: &Film) -> Value {
    let frames = filmed.frames.iter().enumerate().map(|(number, frame)| {
        let mut row = json!({
            "source": source, "frame": number, "seconds": frame.seconds,
            "width": filmed.camera.width, "height": filmed.camera.height, "score": 0.0, "landmarks": [],
        });
        if let Some(pose) = &frame.pose {
            let landmarks: Vec<Value> = pose
                .skeleton
                .names()
                .iter()
                .zip(pose.landmarks.iter().zip(&pose.world))
                .map(|(name, (l, world))| {
                    json!({ "name": name, "x": l.x, "y": l.y, "z": l.z, "visibility": l.visibility, "world": world })
                })
                .collect();
            row["score"] = json!(pose.score);
            row["landmarks"] = json!(landmarks);
        }
        row["step"] = json!(frame.truth.step);
        row
    });
    json!({ "poses": frames.collect::<Vec<_>>() })
}

/// A performance at a moment as a camera sees it, in the room and the light of a seed.
pub(crate) fn drawn_frame(performance: &Performance, camera: &Camera, seconds: f64, seed: u64) -> RgbImage {
    let actor = Actor::at(*performance.body(), performance.joints_at(seconds), performance.person_seed());
    figure::draw(&actor, camera, seed)
}

/// Draws a performance as a video.
///
/// # Errors
/// When ffmpeg is missing or cannot write the file.
pub fn film_video(
    path: &Path,
    performance: &Performance,
    filmed: &Film,
    shoot: &Shoot,
    seed: u64,
    tell: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<usize> {
    let failed = |e: kihap_vision::video::VideoError| JobError::Source { path: path.to_owned(), reason: e.to_string() };
    let camera = filmed.camera;
    let rate = f64::from(shoot.frames_per_second);
    let mut writer = VideoWriter::create(path, camera.width, camera.height, rate).map_err(failed)?;
    for (number, frame) in filmed.frames.iter().enumerate() {
        writer.push(&drawn_frame(performance, &camera, frame.seconds, seed)).map_err(failed)?;
        if tell(number + 1, filmed.frames.len()).is_break() {
            return Err(JobError::Stopped);
        }
    }
    writer.finish().map_err(failed)
}
