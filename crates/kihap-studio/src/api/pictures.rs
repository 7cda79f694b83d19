//! The pictures of samples, whole and small.

use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use image::codecs::jpeg::JpegEncoder;
use image::{RgbImage, imageops};
use kihap_dataset::{DatasetError, Sample, SampleId};
use kihap_vision::draw::{DrawMode, draw};
use kihap_vision::{Pose, picture};

use crate::error::{Result, StudioError};
use crate::files::write_whole;
use crate::projects::{Project, blocking};
use crate::state::Studio;

/// Longer side of a thumbnail in pixels.
const THUMBNAIL_SIDE: u32 = 240;
const THUMBNAIL_QUALITY: u8 = 80;
const JPEG: &str = "image/jpeg";
/// Longer side in pixels of the picture drawn for a sample that is landmarks only.
const DRAWN_SIDE: f32 = 480.0;
/// Below the project's folder, by content; may be deleted at any time.
const THUMBNAILS: &str = ".studio/thumbnails";
/// A sample's content never changes, but another project may come to have this address: the page asks, and is told with
/// a few bytes that nothing changed.
const KEPT: &str = "private, no-cache";

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/projects/{project}/samples/{id}/picture", get(whole))
        .route("/projects/{project}/samples/{id}/thumbnail", get(small))
}

async fn whole(
    State(studio): State<Studio>,
    Path((project, id)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Result<Response> {
    answer(studio, project, id, headers, |found| match &found.file {
        Some(path) => {
            let kind = mime_guess::from_path(path).first_or_octet_stream();
            let gone = |_| StudioError::NotFound { what: "picture", name: path.display().to_string() };
            Ok((kind.essence_str().to_owned(), std::fs::read(path).map_err(gone)?))
        }
        None => Ok((JPEG.to_owned(), jpeg(&found.drawn()?)?)),
    })
    .await
}

async fn small(
    State(studio): State<Studio>,
    Path((project, id)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Result<Response> {
    answer(studio, project, id, headers, |found| {
        let kept = found.thumbnail_path();
        if let Ok(bytes) = std::fs::read(&kept) {
            return Ok((JPEG.to_owned(), bytes));
        }
        let full = match &found.file {
            Some(path) => picture::read(path).map_err(DatasetError::from)?,
            None => found.drawn()?,
        };
        let bytes = jpeg(&shrunk(&full))?;
        write_whole(&kept, |file| Ok(file.write_all(&bytes)?))?;
        Ok((JPEG.to_owned(), bytes))
    })
    .await
}

/// A media type and bytes of it.
type Made = (String, Vec<u8>);

/// Answers with what `make` makes of a sample, or that the page has them already.
async fn answer(
    studio: Studio,
    project: String,
    id: i64,
    headers: HeaderMap,
    make: fn(&Found) -> Result<Made>,
) -> Result<Response> {
    blocking(move || {
        let found = Found::of(&studio, &project, id)?;
        if found.known_to(&headers) {
            return Ok(found.unchanged());
        }
        let (kind, bytes) = make(&found)?;
        Ok(found.answer(kind, bytes))
    })
    .await
}

/// A sample whose picture is wanted; the dataset is not held while it is read.
struct Found {
    project: Project,
    sample: Sample,
    file: Option<PathBuf>,
    pose: Option<Pose>,
}

impl Found {
    fn of(studio: &Studio, project: &str, id: i64) -> Result<Found> {
        let project = studio.projects().get(project)?;
        let dataset = project.dataset();
        let sample = dataset.sample(SampleId(id)).map_err(|error| match error {
            DatasetError::UnknownSample(id) => StudioError::NotFound { what: "sample", name: id.to_string() },
            other => other.into(),
        })?;
        let file = dataset.picture_path(&sample);
        let pose = if file.is_none() { dataset.stored_pose(sample.id)? } else { None };
        drop(dataset);
        Ok(Found { project, sample, file, pose })
    }

    fn tag(&self) -> String {
        format!("\"{}\"", self.sample.hash)
    }

    fn known_to(&self, headers: &HeaderMap) -> bool {
        headers.get(IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == self.tag().as_bytes())
    }

    fn unchanged(&self) -> Response {
        (StatusCode::NOT_MODIFIED, [(ETAG, self.tag()), (CACHE_CONTROL, KEPT.to_owned())]).into_response()
    }

    fn answer(&self, kind: String, bytes: Vec<u8>) -> Response {
        let headers = [(CONTENT_TYPE, kind), (ETAG, self.tag()), (CACHE_CONTROL, KEPT.to_owned())];
        (headers, Body::from(bytes)).into_response()
    }

    fn thumbnail_path(&self) -> PathBuf {
        let hash = &self.sample.hash;
        let shelf = hash.get(..2).unwrap_or("00");
        self.project.folder().join(THUMBNAILS).join(shelf).join(format!("{hash}.jpg"))
    }

    /// The skeleton of a sample that is landmarks only.
    fn drawn(&self) -> Result<RgbImage> {
        let missing = || StudioError::NotFound { what: "picture of sample", name: self.sample.id.to_string() };
        Ok(drawn(self.pose.as_ref().ok_or_else(missing)?))
    }
}

/// A pose moved and scaled to fill a picture of its own: landmark tables need not know any picture.
fn drawn(pose: &Pose) -> RgbImage {
    let (left, top, right, bottom) = pose.bounds(0.0).unwrap_or((0.0, 0.0, 1.0, 1.0));
    let (width, height) = ((right - left).max(f32::EPSILON), (bottom - top).max(f32::EPSILON));
    let scale = 0.84 * DRAWN_SIDE / width.max(height);
    let margin = 0.08 * DRAWN_SIDE;
    let mut moved = pose.clone();
    for joint in &mut moved.landmarks {
        joint.x = (joint.x - left) * scale + margin;
        joint.y = (joint.y - top) * scale + margin;
    }
    let side = |length: f32| (length * scale + 2.0 * margin).ceil() as u32;
    (moved.width, moved.height) = (side(width), side(height));
    draw(&RgbImage::new(moved.width, moved.height), &[moved], DrawMode::Skeleton)
}

fn shrunk(picture: &RgbImage) -> RgbImage {
    let longer = picture.width().max(picture.height());
    if longer <= THUMBNAIL_SIDE {
        return picture.clone();
    }
    let to = |side: u32| (u64::from(side) * u64::from(THUMBNAIL_SIDE) / u64::from(longer)).max(1) as u32;
    imageops::thumbnail(picture, to(picture.width()), to(picture.height()))
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY)
        .encode_image(picture)
        .map_err(std::io::Error::other)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_keep_the_shape_and_small_pictures_stay() {
        assert_eq!(shrunk(&RgbImage::new(640, 480)).dimensions(), (240, 180));
        assert_eq!(shrunk(&RgbImage::new(100, 3000)).dimensions(), (8, 240));
        assert_eq!(shrunk(&RgbImage::new(30, 20)).dimensions(), (30, 20));
    }
}
