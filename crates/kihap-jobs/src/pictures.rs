//! Pictures for networks that read pictures, brought to size once and kept while memory lasts.

use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;
use kihap_learn::PictureSource;
use kihap_vision::Pose;
use kihap_vision::backbone::Preprocessing;
use kihap_vision::picture;
use kihap_vision::picture_input::{PictureInput, picture_input};
use kihap_vision::picture_store::{PictureStore, StoreBudget};

/// Memory for pixels: about 7000 pictures of 224×224. What does not fit is read anew in every epoch.
const MEMORY: u64 = 1 << 30;

/// The pictures in `paths` as a network is shown them, with the people found in each.
pub(crate) fn sources(
    paths: Vec<PathBuf>,
    people: Vec<Vec<Pose>>,
    input: PictureInput,
    preprocessing: &Preprocessing,
) -> Vec<Arc<dyn PictureSource>> {
    let count = paths.len();
    let budget = StoreBudget { memory: MEMORY, ..StoreBudget::default() };
    let store = PictureStore::of(count, preprocessing.target_size(), &budget, move |index| {
        let photo = picture::read(&paths[index])?;
        Ok(match input {
            PictureInput::Photo => photo,
            _ => picture_input(input, &photo, &people[index]),
        })
    });
    let store = Arc::new(store);
    (0..count).map(|index| Arc::new(Stored { store: store.clone(), index }) as Arc<dyn PictureSource>).collect()
}

/// A picture at hand.
pub(crate) fn ready(photo: &RgbImage, people: &[Pose], input: PictureInput) -> Arc<dyn PictureSource> {
    Arc::new(Ready(picture_input(input, photo, people)))
}

struct Stored {
    store: Arc<PictureStore>,
    index: usize,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "picture {} of {}", self.index, self.store.len())
    }
}

impl PictureSource for Stored {
    fn picture(&self, wanted: &Preprocessing) -> Result<Arc<RgbImage>, String> {
        let picture = self.store.get(self.index).map_err(|e| e.to_string())?;
        fitted(picture, wanted)
    }
}

#[derive(Debug)]
struct Ready(RgbImage);

impl PictureSource for Ready {
    fn picture(&self, wanted: &Preprocessing) -> Result<Arc<RgbImage>, String> {
        wanted.target_size().fit(&self.0).map(Arc::new).map_err(|e| e.to_string())
    }
}

fn fitted(picture: Arc<RgbImage>, wanted: &Preprocessing) -> Result<Arc<RgbImage>, String> {
    let size = wanted.target_size();
    if picture.dimensions() == (size.width, size.height) {
        return Ok(picture);
    }
    size.fit(&picture).map(Arc::new).map_err(|e| e.to_string())
}
