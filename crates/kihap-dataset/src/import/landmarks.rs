//! Tables of landmarks: a CSV with one pose a row.
//!
//! The header names the joints of BlazePose (33), COCO (17) or the Kinect (20) as `<joint>_x`, `<joint>_y`, and optionally `_z`,
//! `_visibility`, `_presence` and, in metres around the hips, `_world_x`, `_world_y`, `_world_z`; see
//! [`Skeleton::names`]. What other programs call the columns is read too, see [`super::joint_columns`]. Optional columns: `class`
//! (or `technique`, `label`, `class_name`), `file` (or `filename`, `file_name`), `frame`, `time`, `person`,
//! `session`, `view`, `split`, `step`, `score`, and `width` and `height` of the picture in pixels.
//!
//! Coordinates are pixels. Where `width` and `height` are missing, a row whose coordinates all lie within ±2 is taken as
//! fractions of the picture, as MediaPipe gives them, and stored for a square picture of 1000 pixels; its proportions
//! are not known. What is missing counts as 0 (z) or 1 (visibility, presence, score). A row with a cell that is no finite
//! number is reported and skipped.

use std::path::Path;

use csv::StringRecord;
use kihap_vision::{Landmark, Pose, Skeleton};

use crate::import::joint_columns::{JointColumns, Number};
use crate::import::report::{ImportOptions, JoinedClasses};
use crate::import::skip::SkipReason;
use crate::import::table::{self, Columns};
use crate::sample::{Part, PoseSample, SampleMeta};

/// Coordinates up to here count as fractions of the picture: joints may lie well outside of it.
const LARGEST_FRACTION: f32 = 2.0;

/// Side of the square that fractions are stored for, in pixels.
const FRACTION_SIDE: u32 = 1000;

/// Which column holds what.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    skeleton: Skeleton,
    joints: Vec<Joint>,
}

#[derive(Debug, Clone)]
struct Joint {
    x: usize,
    y: usize,
    z: Option<usize>,
    visibility: Option<usize>,
    presence: Option<usize>,
    world: Option<[usize; 3]>,
}

impl Layout {
    /// The layout of a header in lower case; `None` where a skeleton's joints are not all there.
    pub(crate) fn of(header: &[String]) -> Option<Layout> {
        let found = JointColumns::of(header)?;
        let joints = found.joints().map(|at| {
            let world = [at(Number::WorldX), at(Number::WorldY), at(Number::WorldZ)];
            Some(Joint {
                x: at(Number::X)?,
                y: at(Number::Y)?,
                z: at(Number::Z),
                visibility: at(Number::Visibility),
                presence: at(Number::Presence),
                world: match world {
                    [Some(x), Some(y), Some(z)] => Some([x, y, z]),
                    _ => None,
                },
            })
        });
        Some(Layout { skeleton: found.skeleton, joints: joints.collect::<Option<_>>()? })
    }

    /// The pose of a row, or what is wrong with it.
    fn pose(&self, columns: &Columns, row: &StringRecord) -> Result<Pose, String> {
        let names = self.skeleton.names();
        let mut landmarks = Vec::with_capacity(names.len());
        let mut world = Vec::new();
        for (name, joint) in names.iter().zip(&self.joints) {
            let read = |column| number(row, column).map_err(|what| format!("{name} is {what}"));
            let or = |column: Option<usize>, missing| column.map_or(Ok(missing), read);
            let visibility = or(joint.visibility, 1.0)?;
            landmarks.push(Landmark {
                x: read(joint.x)?,
                y: read(joint.y)?,
                z: or(joint.z, 0.0)?,
                visibility,
                presence: or(joint.presence, visibility)?,
            });
            if let Some([x, y, z]) = joint.world {
                world.push([read(x)?, read(y)?, read(z)?]);
            }
        }
        if world.len() != names.len() {
            world.clear();
        }
        let side =
            |name| columns.position(name).map(|c| number(row, c)).transpose().map_err(|e| format!("{name} is {e}"));
        let score = side("score")?.unwrap_or(1.0);
        let (width, height) = match (side("width")?, side("height")?) {
            (Some(w), Some(h)) if w >= 1.0 && h >= 1.0 => (w.round() as u32, h.round() as u32),
            (Some(w), Some(h)) => return Err(format!("the picture's size is {w}×{h}")),
            _ => scale_fractions(&mut landmarks),
        };
        Ok(Pose { skeleton: self.skeleton, width, height, score, landmarks, world })
    }
}

/// Turns fractions into pixels where the coordinates are fractions; returns the picture's size.
fn scale_fractions(landmarks: &mut [Landmark]) -> (u32, u32) {
    let largest = |value: fn(&Landmark) -> f32| landmarks.iter().map(value).fold(0.0, f32::max);
    let fractions = landmarks.iter().all(|l| l.x.abs() <= LARGEST_FRACTION && l.y.abs() <= LARGEST_FRACTION);
    if !fractions {
        return (largest(|l| l.x).ceil() as u32 + 1, largest(|l| l.y).ceil() as u32 + 1);
    }
    for landmark in landmarks {
        landmark.x *= FRACTION_SIDE as f32;
        landmark.y *= FRACTION_SIDE as f32;
        landmark.z *= FRACTION_SIDE as f32;
    }
    (FRACTION_SIDE, FRACTION_SIDE)
}

fn number(row: &StringRecord, column: usize) -> Result<f32, String> {
    let cell = row.get(column).unwrap_or_default();
    match cell.parse::<f32>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(format!("not finite ({cell})")),
        Err(_) if cell.is_empty() => Err("empty".to_string()),
        Err(_) => Err(format!("not a number ({cell:?})")),
    }
}

/// One row of a table: its number as a spreadsheet counts (the header is 1), and its pose or what is wrong with it.
pub(crate) type LandmarkRow = (usize, Result<PoseSample, SkipReason>);

/// Reads the rows one after another; `given` is what is known of the table as a whole.
pub(crate) fn rows(
    path: &Path,
    given: SampleMeta,
    options: &ImportOptions,
) -> Result<impl Iterator<Item = LandmarkRow> + use<>, SkipReason> {
    let mut reader = table::open(path)?;
    let header = table::header(&mut reader)?;
    let layout = Layout::of(&header).ok_or(SkipReason::NoJoints)?;
    let columns = Columns::new(header);
    let options = options.clone();
    Ok(reader.into_records().enumerate().map(move |(index, row)| {
        let sample = row
            .map_err(|e| table::csv_problem(&e))
            .and_then(|row| sample_of(&layout, &columns, &row, index, &given, &options));
        (index + 2, sample)
    }))
}

fn bad_cell(problem: String) -> SkipReason {
    SkipReason::Cell { problem }
}

fn sample_of(
    layout: &Layout,
    columns: &Columns,
    row: &StringRecord,
    index: usize,
    given: &SampleMeta,
    options: &ImportOptions,
) -> Result<PoseSample, SkipReason> {
    let class = if given.class.is_empty() { columns.class(row).ok_or(SkipReason::NoClass)? } else { &given.class };
    if class.contains('+') && given.class.is_empty() && options.joined_classes == JoinedClasses::Skip {
        return Err(SkipReason::SeveralClasses { class: class.to_owned() });
    }
    let class = crate::names::class_name(class)?;
    if let Some(split) = columns.cell(row, "split")
        && Part::parse(split).is_none()
    {
        return Err(SkipReason::NoPart { split: split.to_owned() });
    }
    let pose = layout.pose(columns, row).map_err(bad_cell)?;
    let found = columns.meta(row);
    let whole = |name: &str| {
        let cell = columns.cell(row, name);
        cell.map(|c| {
            c.parse::<f64>()
                .ok()
                .filter(|v| v.is_finite() && *v >= 0.0)
                .ok_or_else(|| bad_cell(format!("{name} is {c:?}")))
        })
        .transpose()
    };
    let frame = whole("frame")?.map(|f| f as u32).or(Some(index as u32));
    let time_seconds = whole("time")?;
    let meta = SampleMeta {
        class,
        person: given.person.clone().or(found.person),
        session: given.session.clone().or(found.session),
        view: given.view.clone().or(found.view),
        split: given.split.or(found.split),
        source: columns.file(row).map(str::to_string).or_else(|| given.source.clone()),
        frame,
        time_seconds,
        ..found
    };
    Ok(PoseSample { pose, meta })
}
