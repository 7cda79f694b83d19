//! Writing a video, frame by frame, by ffmpeg.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use image::RgbImage;

use crate::video::{VideoError, ffmpeg_program};

/// Frames go in, an H.264 video comes out (MP4 by its name). Without [`VideoWriter::finish`] the file is not complete.
#[derive(Debug)]
pub struct VideoWriter {
    path: PathBuf,
    child: Child,
    frames: usize,
}

impl VideoWriter {
    /// Starts a video of so many pixels (even numbers) and frames a second; a file that is there is written over.
    ///
    /// # Errors
    /// When ffmpeg is missing or cannot be started.
    pub fn create(path: &Path, width: u32, height: u32, frames_per_second: f64) -> Result<Self, VideoError> {
        let child = Command::new(ffmpeg_program())
            .args(["-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s"])
            .arg(format!("{width}x{height}"))
            .args(["-r", &frames_per_second.to_string(), "-i", "-", "-pix_fmt", "yuv420p", "-movflags", "+faststart"])
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|reason| match reason.kind() {
                std::io::ErrorKind::NotFound => VideoError::NoFfmpeg { path: path.to_owned() },
                _ => VideoError::Unwritable { path: path.to_owned(), reason: reason.to_string() },
            })?;
        Ok(Self { path: path.to_owned(), child, frames: 0 })
    }

    /// The next frame, of the size the video has.
    ///
    /// # Errors
    /// When ffmpeg has given up; its words are in the text.
    pub fn push(&mut self, frame: &RgbImage) -> Result<(), VideoError> {
        let written = self.child.stdin.as_mut().map_or(Ok(()), |pipe| pipe.write_all(frame.as_raw()));
        if written.is_err() {
            return Err(self.complaint());
        }
        self.frames += 1;
        Ok(())
    }

    /// Completes the video; gives the number of its frames.
    ///
    /// # Errors
    /// When ffmpeg could not write it.
    pub fn finish(mut self) -> Result<usize, VideoError> {
        drop(self.child.stdin.take());
        match self.child.wait() {
            Ok(status) if status.success() => Ok(self.frames),
            _ => Err(self.complaint()),
        }
    }

    fn complaint(&mut self) -> VideoError {
        drop(self.child.stdin.take());
        let mut words = String::new();
        if let Some(pipe) = &mut self.child.stderr {
            let _ = std::io::Read::read_to_string(pipe, &mut words);
        }
        let _ = self.child.wait();
        let reason = if words.trim().is_empty() { "ffmpeg ended early".to_owned() } else { words.trim().to_owned() };
        VideoError::Unwritable { path: self.path.clone(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::{FrameRate, VideoFrames};
    use image::Rgb;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grey.mp4");
        let mut writer = match VideoWriter::create(&path, 64, 48, 10.0) {
            Ok(writer) => writer,
            Err(error) if std::env::var_os("CI").is_none() => return println!("skipped: {error}"),
            Err(error) => panic!("{error}"),
        };
        for grey in [0_u8, 120, 240] {
            writer.push(&RgbImage::from_pixel(64, 48, Rgb([grey; 3]))).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), 3);
        let frames: Vec<_> = VideoFrames::open(&path, FrameRate::Every(1)).unwrap().map(Result::unwrap).collect();
        assert_eq!(frames.len(), 3);
        let middle = frames[1].image.get_pixel(30, 20)[0];
        assert!(middle.abs_diff(120) < 12, "{middle}");

        let nowhere = VideoWriter::create(&folder.path().join("no/such/folder.mp4"), 64, 48, 10.0);
        let error = nowhere.and_then(VideoWriter::finish).unwrap_err().to_string();
        assert!(error.contains("folder.mp4"), "{error}");
    }
}
