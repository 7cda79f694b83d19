//! Folders of skeleton sequences laid out like MSR Action3D: `sequences/aAA_sSS_eEE.csv`, a row a frame, without a
//! header, 20 joints × (x, y, z) in metres as the Kinect's skeleton space has them, in the order of
//! [`Skeleton::Kinect20`].
//!
//! Optional beside it: `splits.json` with `actions` (the names of the actions 1, 2, …) and `files` (the sequences to take,
//! without `.csv`). The class is the action's name, or `aAA` without names; the person is `sSS`, the session the file's
//! name, the frame the row counted from 0. A joint at (0, 0, 0) was not tracked: its visibility is 0. A frame without any
//! tracked joint is kept, with a score of 0, so that a sequence has no holes.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use kihap_vision::{Landmark, Pose, Skeleton};
use serde::Deserialize;

use crate::import::report::ImportOptions;
use crate::import::skip::SkipReason;
use crate::import::sources::{Job, Kind, Plan, is_table};
use crate::import::table;
use crate::sample::{PoseSample, SampleMeta};

/// The folder with the sequences.
const SEQUENCES: &str = "sequences";

/// The file with the names of actions and the sequences to take.
const DESCRIPTION: &str = "splits.json";

/// Size of the Kinect's picture in pixels.
const PICTURE: (u32, u32) = (640, 480);

/// Focal length in pixels of that picture: twice the 285.63 that `NuiImageCamera.h` of the Kinect SDK
/// (`NUI_CAMERA_DEPTH_NOMINAL_FOCAL_LENGTH_IN_PIXELS`) gives for 320×240.
const FOCAL_LENGTH: f32 = 571.26;

#[derive(Debug, Default, Deserialize)]
struct Description {
    actions: Option<Vec<String>>,
    files: Option<Vec<String>>,
}

/// What the name of a sequence says.
#[derive(Debug, PartialEq, Eq)]
struct Name<'a> {
    action: &'a str,
    person: &'a str,
}

impl Name<'_> {
    /// `aAA_sSS_eEE` taken apart; `None` for any other name.
    fn of(stem: &str) -> Option<Name<'_>> {
        let mut parts = stem.split('_');
        let mut part = |letter: char| {
            let part = parts.next()?;
            let digits = part.strip_prefix(letter)?;
            (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(part)
        };
        let (action, person, _episode) = (part('a')?, part('s')?, part('e')?);
        parts.next().is_none().then_some(Name { action, person })
    }

    /// The number of the action, from 1.
    fn action_number(&self) -> Option<usize> {
        self.action.get(1..)?.parse().ok()
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The sequences of a folder, sorted by name; empty where it is no such folder.
fn sequences(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join(SEQUENCES)) else { return Vec::new() };
    let files = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<_> = files.filter(|p| is_table(p) && Name::of(&stem(p)).is_some()).collect();
    found.sort();
    found
}

/// Adds the sequences of a folder; `false` where it is no folder of sequences.
pub(crate) fn add_folder(plan: &mut Plan, folder: &Path, options: &ImportOptions) -> bool {
    let found = sequences(folder);
    if found.is_empty() {
        return false;
    }
    let described = folder.join(DESCRIPTION);
    let description = match read_description(&described) {
        Ok(description) => description,
        Err(reason) => {
            plan.skip(&described, reason);
            return true;
        }
    };
    let wanted = |stem: &str| description.files.as_ref().is_none_or(|files| files.iter().any(|f| f == stem));
    for path in &found {
        let stem = stem(path);
        if !wanted(&stem) {
            plan.skip(path, sequence(format!("{DESCRIPTION} does not list it under `files`")));
            continue;
        }
        match class_of(&stem, &description, options) {
            Ok((class, person)) => {
                let meta = SampleMeta {
                    class,
                    person: Some(person),
                    session: Some(stem.clone()),
                    // The same wherever the folder lies, so that it is not taken in twice.
                    source: Some(format!("{SEQUENCES}/{stem}.csv")),
                    ..SampleMeta::default()
                };
                plan.add(path, Kind::Kinect, meta, options);
            }
            Err(reason) => plan.skip(path, reason),
        }
    }
    for listed in description.files.iter().flatten() {
        if !found.iter().any(|path| stem(path) == *listed) {
            plan.skip(
                &folder.join(SEQUENCES).join(format!("{listed}.csv")),
                sequence(format!(
                    "{DESCRIPTION} lists it, but there is no such sequence; get the file, or take it off the list"
                )),
            );
        }
    }
    true
}

fn sequence(problem: String) -> SkipReason {
    SkipReason::Sequence { problem }
}

fn read_description(path: &Path) -> Result<Description, SkipReason> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| {
            sequence(format!(
                "it cannot be understood: {e}; mend it, or take it away to import every sequence as class aAA"
            ))
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Description::default()),
        Err(e) => Err(SkipReason::unreadable(&e)),
    }
}

/// Class and person of the sequence called `stem`.
fn class_of(stem: &str, description: &Description, options: &ImportOptions) -> Result<(String, String), SkipReason> {
    let name = Name::of(stem).ok_or_else(|| sequence("its name is not of the form aAA_sSS_eEE".to_owned()))?;
    let class = match (&options.class, &description.actions) {
        (Some(class), _) => class.clone(),
        (None, None) => name.action.to_string(),
        (None, Some(actions)) => {
            let action = name.action_number().and_then(|n| actions.get(n.checked_sub(1)?));
            action.cloned().ok_or_else(|| {
                let known = actions.len();
                sequence(format!("{DESCRIPTION} names {known} actions, and {} is not among them", name.action))
            })?
        }
    };
    Ok((crate::names::class_name(&class)?, name.person.to_string()))
}

/// The poses of a sequence, and what is wrong with its rows; an error where nothing of it can be read.
pub(crate) fn read(job: &Job) -> Result<Vec<Result<PoseSample, SkipReason>>, SkipReason> {
    let reader = ReaderBuilder::new().has_headers(false).trim(Trim::All).flexible(true).from_path(&job.path);
    let reader = reader.map_err(|e| table::csv_problem(&e))?;
    let rows: Vec<_> = reader
        .into_records()
        .enumerate()
        .map(|(frame, row)| {
            let row = row.map_err(|e| table::csv_problem(&e));
            let cell = |problem| SkipReason::Cell { problem };
            let pose = row.and_then(|row| pose_of(&row).map_err(cell)).map_err(|reason| reason.in_row(frame + 1))?;
            let frame = u32::try_from(frame).map_err(|_| sequence("there are too many rows".to_owned()))?;
            Ok(PoseSample { pose, meta: SampleMeta { frame: Some(frame), ..job.meta.clone() } })
        })
        .collect();
    if rows.is_empty() { Err(sequence("the sequence holds no rows".to_owned())) } else { Ok(rows) }
}

/// The pose of a row, or what is wrong with it.
fn pose_of(row: &StringRecord) -> Result<Pose, String> {
    let skeleton = Skeleton::Kinect20;
    let names = skeleton.names();
    if row.len() != names.len() * 3 {
        return Err(format!("it has {} cells where {} belong: 20 joints × (x, y, z)", row.len(), names.len() * 3));
    }
    let mut joints = Vec::with_capacity(names.len());
    for (name, cells) in names.iter().zip(0..) {
        let mut joint = [0.0f32; 3];
        for (axis, value) in joint.iter_mut().enumerate() {
            let cell = row.get(cells * 3 + axis).unwrap_or_default();
            *value = cell
                .parse()
                .ok()
                .filter(|v: &f32| v.is_finite())
                .ok_or_else(|| format!("{} of {name} is no finite number ({cell:?})", ["x", "y", "z"][axis]))?;
        }
        if joint[2] <= 0.0 && joint != [0.0; 3] {
            return Err(format!("{name} lies behind the camera (z is {}); z must be metres away from it", joint[2]));
        }
        joints.push(joint);
    }
    pose_in_skeleton_space(&joints)
}

/// From the Kinect's skeleton space to the picture its camera takes and to metres about the hip centre.
///
/// Skeleton space is right-handed: x to the camera's left (the right of a person who faces it), y up, z away from it.
/// Ours has x to the right of the picture and y down: half a turn about z, which leaves left left.
fn pose_in_skeleton_space(joints: &[[f32; 3]]) -> Result<Pose, String> {
    let skeleton = Skeleton::Kinect20;
    let tracked = |joint: &[f32; 3]| *joint != [0.0; 3];
    let hips = skeleton.index_of("hip_center").and_then(|i| joints.get(i)).copied().unwrap_or_default();
    let seen = joints.iter().any(tracked);
    if seen && !tracked(&hips) {
        return Err("hip_center was not tracked, and the other joints are measured from it".to_string());
    }
    let (width, height) = PICTURE;
    let landmarks = joints.iter().map(|joint| {
        if !tracked(joint) {
            return Landmark::default();
        }
        let [x, y, z] = *joint;
        Landmark {
            x: width as f32 / 2.0 - FOCAL_LENGTH * x / z,
            y: height as f32 / 2.0 - FOCAL_LENGTH * y / z,
            z: (z - hips[2]) * FOCAL_LENGTH / hips[2],
            visibility: 1.0,
            presence: 1.0,
        }
    });
    let world = joints.iter().map(|joint| {
        if tracked(joint) { [hips[0] - joint[0], hips[1] - joint[1], joint[2] - hips[2]] } else { [0.0; 3] }
    });
    Ok(Pose {
        skeleton,
        width,
        height,
        score: if seen { 1.0 } else { 0.0 },
        landmarks: landmarks.collect(),
        world: world.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let name = Name::of("a07_s10_e03").unwrap();
        assert_eq!((name.action, name.person, name.action_number()), ("a07", "s10", Some(7)));
        for other in ["a07_s10", "a07_s10_e03_x", "a_s10_e03", "s10_a07_e03", "a07_s10_e0x", ""] {
            assert_eq!(Name::of(other), None, "{other}");
        }
    }

    #[test]
    fn somebody_facing_the_camera_keeps_left_and_right() {
        let at = |name: &str| Skeleton::Kinect20.index_of(name).unwrap();
        let mut joints = vec![[0.1, 0.0, 2.0]; 20];
        joints[at("right_hand")] = [0.5, 0.4, 1.6];
        joints[at("left_foot")] = [0.0; 3];
        let pose = pose_in_skeleton_space(&joints).unwrap();
        let (hand, hip) = (pose.landmarks[at("right_hand")], pose.landmarks[at("hip_center")]);
        // Who faces a camera has their right hand on the left of the picture; raised is up; stretched out is nearer.
        assert!(hand.x < hip.x && hand.y < hip.y && hand.z < 0.0);
        assert!((hand.x - (320.0 - 571.26 * 0.5 / 1.6)).abs() < 1e-3);
        assert!((hand.y - (240.0 - 571.26 * 0.4 / 1.6)).abs() < 1e-3);
        let want = [-0.4f32, -0.4, -0.4];
        assert!(pose.world[at("right_hand")].iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-6));
        assert_eq!((pose.world[at("hip_center")], hip.z), ([0.0; 3], 0.0));
        assert_eq!((pose.landmarks[at("left_foot")].visibility, hand.visibility), (0.0, 1.0));
    }

    #[test]
    fn frames_without_anybody_are_kept_and_those_without_hips_are_not() {
        let nobody = pose_in_skeleton_space(&[[0.0; 3]; 20]).unwrap();
        assert_eq!((nobody.score, nobody.bounds(0.1)), (0.0, None));
        let mut joints = vec![[0.0, 0.0, 2.0]; 20];
        joints[6] = [0.0; 3];
        assert!(pose_in_skeleton_space(&joints).unwrap_err().contains("hip_center"));
    }
}
