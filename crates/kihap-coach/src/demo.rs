//! Generated pictures in the shape of a shot dataset: people, their sessions, classes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use image::codecs::jpeg::JpegEncoder;
use image::{ImageError, RgbImage};
use kihap_syllabus::Side;
use kihap_vision::Pose;
use rayon::prelude::*;

use crate::figure::{Motion, Scene, render};

/// JPEG quality of written pictures, 1 to 100; about what phones use.
const QUALITY: u8 = 92;

/// What could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder or file cannot be made.
    #[error("{}: cannot be written ({source}); choose a folder you may write to, with room for the pictures", path.display())]
    Write {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The picture cannot be encoded.
    #[error("{}: the picture cannot be encoded ({source})", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        source: ImageError,
    },
}

/// How many pictures of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPlan {
    /// People; each has their own body and belt.
    pub persons: u32,
    /// Sessions of each person; each has its own room, light and camera.
    pub sessions: u32,
    /// Pictures of each class in each session.
    pub per_class: u32,
    /// Everything follows from it.
    pub seed: u64,
    /// The classes: a motion and, where it has sides, the side.
    pub classes: Vec<(Motion, Option<Side>)>,
}

impl DemoPlan {
    /// A plan with eleven classes: nobody, ready stance, low block, face block, trunk punch and front kick by side, others.
    pub fn new(persons: u32, sessions: u32, per_class: u32, seed: u64) -> Self {
        let sided = [Motion::FrontLowBlock, Motion::FrontFaceBlock, Motion::HorseTrunkPunch, Motion::FrontKick];
        let mut classes = vec![(Motion::Nobody, None), (Motion::BasicReady, None)];
        classes.extend(sided.into_iter().flat_map(|motion| Side::BOTH.map(|side| (motion, Some(side)))));
        classes.push((Motion::Other, None));
        Self { persons, sessions, per_class, seed, classes }
    }

    /// Number of pictures in all.
    pub fn len(&self) -> usize {
        self.persons as usize * self.sessions as usize * self.per_class as usize * self.classes.len()
    }

    /// Whether there is no picture to draw.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What each picture shows, person by person, session by session, class by class. Nothing is drawn yet.
    pub fn shots(&self) -> impl Iterator<Item = DemoShot> + '_ {
        let of_person = move |person| (0..self.sessions).map(move |session| (person, session));
        let sessions = (0..self.persons).flat_map(of_person);
        sessions.flat_map(move |(person, session)| {
            self.classes.iter().flat_map(move |&(motion, side)| {
                (0..self.per_class).map(move |frame| self.shot(person, session, motion, side, frame))
            })
        })
    }

    fn shot(&self, person: u32, session: u32, motion: Motion, side: Option<Side>, frame: u32) -> DemoShot {
        let person_seed = self.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(person));
        let session_seed = person_seed.wrapping_mul(1009).wrapping_add(u64::from(session));
        DemoShot {
            person: format!("person-{}", person + 1),
            session: format!("session-{}", session + 1),
            class: motion.class(side),
            number: frame + 1,
            scene: Scene { motion, side: side.unwrap_or(Side::Left), person_seed, session_seed, frame },
        }
    }
}

/// One picture of a plan, before it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoShot {
    /// `person-1` …
    pub person: String,
    /// `session-1` …, counted for each person; two people never share one.
    pub session: String,
    /// Class id, such as `front_low_block_left`.
    pub class: String,
    /// Number within the class and session, from 1.
    pub number: u32,
    /// What is drawn.
    pub scene: Scene,
}

impl DemoShot {
    /// Draws it: the picture, and where the joints truly are (`None` in an empty room).
    pub fn draw(&self) -> (RgbImage, Option<Pose>) {
        let drawing = render(&self.scene);
        (drawing.picture, drawing.pose)
    }

    /// Its place under a dataset's source folder: `person-1/session-1/front_low_block_left/0001.jpg`.
    pub fn path(&self) -> PathBuf {
        [&self.person, &self.session, &self.class, &format!("{:04}.jpg", self.number)].iter().collect()
    }
}

/// Draws every picture of the plan into `folder`, as `person/session/class/number.jpg`, on all cores. Calls `done` after
/// each picture, from any thread. Pictures that are there already are drawn again. Setting `cancel` stops before the next
/// picture. Returns how many were written.
///
/// # Errors
/// The first folder or file that cannot be written. No half-written picture stays under its final name.
pub fn write_demo_pictures(
    folder: &Path,
    plan: &DemoPlan,
    done: impl Fn() + Sync,
    cancel: &AtomicBool,
) -> Result<usize, DemoError> {
    let shots: Vec<DemoShot> = plan.shots().collect();
    let written = AtomicUsize::new(0);
    shots.par_iter().try_for_each(|shot| {
        if cancel.load(Ordering::Relaxed) {
            return Ok(());
        }
        write_jpeg(&folder.join(shot.path()), &shot.draw().0)?;
        written.fetch_add(1, Ordering::Relaxed);
        done();
        Ok(())
    })?;
    Ok(written.into_inner())
}

fn write_jpeg(path: &Path, picture: &RgbImage) -> Result<(), DemoError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(picture)
        .map_err(|source| DemoError::Encode { path: path.to_owned(), source })?;
    let unfinished = path.with_extension("tmp");
    let write = || {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&unfinished, &bytes)?;
        fs::rename(&unfinished, path)
    };
    write().map_err(|source| DemoError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_plan_lists_every_picture_once_with_its_place() {
        let plan = DemoPlan::new(2, 3, 4, 7);
        let paths: BTreeSet<_> = plan.shots().map(|shot| shot.path()).collect();
        assert_eq!(paths.len(), plan.len());
        assert_eq!(plan.len(), 2 * 3 * 4 * 11);
        assert!(paths.contains(Path::new("person-2/session-3/front_kick_right/0004.jpg")));
    }

    #[test]
    fn no_two_sessions_share_a_room_and_a_person_stays_one() {
        let plan = DemoPlan::new(3, 2, 1, 7);
        let rooms: BTreeSet<_> = plan.shots().map(|shot| shot.scene.session_seed).collect();
        let people: BTreeSet<_> = plan.shots().map(|shot| (shot.person, shot.scene.person_seed)).collect();
        assert_eq!((rooms.len(), people.len()), (6, 3));
    }

    #[test]
    fn pictures_are_written_whole_and_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let classes = vec![(Motion::Nobody, None), (Motion::FrontLowBlock, Some(Side::Right))];
        let plan = DemoPlan { classes, ..DemoPlan::new(1, 1, 1, 3) };
        assert_eq!(write_demo_pictures(folder.path(), &plan, || (), &AtomicBool::new(false)).unwrap(), 2);
        let path = folder.path().join("person-1/session-1/front_low_block_right/0001.jpg");
        let picture = image::open(&path).unwrap();
        assert_eq!(picture.width().max(picture.height()), 640);
        let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(files.len(), 1);
    }

    #[test]
    fn nothing_is_drawn_after_the_wish_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let plan = DemoPlan::new(1, 1, 1, 3);
        assert_eq!(write_demo_pictures(folder.path(), &plan, || (), &AtomicBool::new(true)).unwrap(), 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error =
            write_demo_pictures(file.path(), &DemoPlan::new(1, 1, 1, 3), || (), &AtomicBool::new(false)).unwrap_err();
        assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
    }
}
