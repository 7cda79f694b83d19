//! Reading video with ffmpeg as a child process.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};

use image::RgbImage;

use crate::picture::{MAX_PIXELS, extension};

/// Why a video could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VideoError {
    /// ffmpeg is not installed.
    #[error(
        "reading {path} needs ffmpeg, which is not installed; install it (Debian and Ubuntu: `sudo apt install ffmpeg`, \
         macOS: `brew install ffmpeg`) or set KIHAP_FFMPEG to its path"
    )]
    NoFfmpeg {
        /// The video.
        path: PathBuf,
    },
    /// The file could not be opened.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The video.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
    /// The file could not be written.
    #[error("cannot write {path}: {reason}")]
    Unwritable {
        /// The video.
        path: PathBuf,
        /// What ffmpeg or the system said.
        reason: String,
    },
    /// ffmpeg found nothing to show.
    #[error("{path} holds no picture that can be shown{reason}")]
    NoFrames {
        /// The video.
        path: PathBuf,
        /// What ffmpeg said, after a colon, or nothing.
        reason: String,
    },
    /// ffmpeg stopped in the middle.
    #[error("{path} broke off after {frames} frames: {reason}")]
    Broken {
        /// The video.
        path: PathBuf,
        /// Frames read before.
        frames: usize,
        /// What ffmpeg said.
        reason: String,
    },
}

/// Which frames of a video are wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FrameRate {
    /// Every n-th frame, beginning with the first; 1 gives all. 0 counts as 1.
    Every(u32),
    /// At most so many frames a second.
    PerSecond(f64),
}

/// One frame of a video.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Which frame of the source video, from 0 (told from the time and the mean frame rate where frames are skipped).
    pub index: u32,
    /// Seconds from the beginning of the video.
    pub time_seconds: f64,
    /// The frame, turned upright.
    pub image: RgbImage,
}

/// Whether the file name looks like a video.
pub fn is_video(path: &Path) -> bool {
    matches!(
        extension(path).as_str(),
        "mp4" | "mov" | "m4v" | "avi" | "mkv" | "webm" | "mjpeg" | "mpg" | "mpeg" | "3gp" | "wmv" | "ts" | "y4m"
    )
}

/// The ffmpeg to call: `KIHAP_FFMPEG`, else `ffmpeg` from the path.
pub fn ffmpeg_program() -> OsString {
    std::env::var_os("KIHAP_FFMPEG").unwrap_or_else(|| "ffmpeg".into())
}

/// Seconds from the first to the end of the last frame of the video stream, without decoding it; `None` when ffmpeg
/// cannot tell. A file's own duration is no use for this: sound often goes on after the picture has ended.
pub fn length_seconds(path: &Path) -> Option<f64> {
    let output = Command::new(ffmpeg_program())
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(path)
        .args(["-map", "0:v:0", "-c", "copy", "-f", "null", "-"])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let words = String::from_utf8_lossy(&output.stderr);
    clock(words.rsplit_once("time=")?.1.split_whitespace().next()?)
}

/// An iterator over the wanted frames of a video, decoded as they are asked for.
///
/// Dropping it ends its ffmpeg.
#[derive(Debug)]
pub struct VideoFrames {
    path: PathBuf,
    rate: FrameRate,
    child: Child,
    out: BufReader<ChildStdout>,
    times: mpsc::Receiver<f64>,
    last_words: Arc<Mutex<VecDeque<String>>>,
    source_rate: Arc<Mutex<Option<f64>>>,
    delivered: usize,
    done: bool,
}

impl VideoFrames {
    /// Starts reading `path`. That it holds no frames at all is told by the first call of `next`.
    pub fn open(path: &Path, rate: FrameRate) -> Result<VideoFrames, VideoError> {
        std::fs::File::open(path).map_err(|reason| VideoError::Unreadable { path: path.to_owned(), reason })?;
        let select = match rate {
            FrameRate::Every(n) => format!("select='not(mod(n,{}))',showinfo=checksum=0", n.max(1)),
            // The first frame of each interval of 1/rate seconds; the small shift keeps rounded times in their interval.
            FrameRate::PerSecond(r) => format!(
                "select='isnan(prev_selected_t)+gt(floor((t+0.0005)*{r}),floor((prev_selected_t+0.0005)*{r}))',\
                 showinfo=checksum=0"
            ),
        };
        let mut child = Command::new(ffmpeg_program())
            .args(["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-i"])
            .arg(path)
            .args(["-map", "0:v:0", "-an", "-sn", "-vf", &select, "-fps_mode", "passthrough"])
            .args(["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|reason| match reason.kind() {
                std::io::ErrorKind::NotFound => VideoError::NoFfmpeg { path: path.to_owned() },
                _ => VideoError::Unreadable { path: path.to_owned(), reason },
            })?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(VideoError::NoFrames { path: path.to_owned(), reason: String::new() });
        };
        let (send, times) = mpsc::channel();
        let last_words = Arc::new(Mutex::new(VecDeque::new()));
        let source_rate = Arc::new(Mutex::new(None));
        let (words, found_rate) = (Arc::clone(&last_words), Arc::clone(&source_rate));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(time) = line.split_once("pts_time:").and_then(|(_, rest)| number(rest)) {
                    if send.send(time).is_err() {
                        break;
                    }
                } else {
                    if line.contains("Video:")
                        && let Ok(mut rate) = found_rate.lock()
                    {
                        *rate = rate.or_else(|| {
                            line.split(", ").find_map(|part| part.trim().strip_suffix(" fps").and_then(number))
                        });
                    }
                    if let Ok(mut words) = words.lock() {
                        words.push_back(line);
                        if words.len() > 6 {
                            words.pop_front();
                        }
                    }
                }
            }
        });
        Ok(VideoFrames {
            path: path.to_owned(),
            rate,
            child,
            out: BufReader::with_capacity(1 << 20, stdout),
            times,
            last_words,
            source_rate,
            delivered: 0,
            done: false,
        })
    }

    /// Frames a second of the source, once ffmpeg has told it (it has by the first frame).
    pub fn source_frames_per_second(&self) -> Option<f64> {
        self.source_rate.lock().ok().and_then(|r| *r)
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        let Some(image) = self.read_ppm()? else {
            let status = self.child.wait().ok();
            let reason = self.why();
            if self.delivered == 0 {
                return Err(VideoError::NoFrames { path: self.path.clone(), reason: format!(": {reason}") });
            }
            if !status.is_some_and(|s| s.success()) {
                return Err(VideoError::Broken { path: self.path.clone(), frames: self.delivered, reason });
            }
            return Ok(None);
        };
        let time_seconds = self.times.recv().unwrap_or(0.0);
        let index = match self.rate {
            FrameRate::Every(n) => self.delivered as u32 * n.max(1),
            FrameRate::PerSecond(_) => (time_seconds * self.source_frames_per_second().unwrap_or(30.0)).round() as u32,
        };
        self.delivered += 1;
        Ok(Some(Frame { index, time_seconds, image }))
    }

    fn why(&self) -> String {
        let words = self.last_words.lock().map(|w| w.iter().cloned().collect::<Vec<_>>()).unwrap_or_default();
        let telling = words.iter().rev().find(|l| {
            let l = l.to_lowercase();
            ["invalid", "error", "no such", "not found", "matches no streams", "does not contain"]
                .iter()
                .any(|w| l.contains(w))
        });
        telling.or(words.last()).cloned().unwrap_or_else(|| "ffmpeg said nothing".into())
    }

    /// Reads one binary PPM; `None` at the end of the stream.
    fn read_ppm(&mut self) -> Result<Option<RgbImage>, VideoError> {
        let mut header = Vec::with_capacity(32);
        let mut fields = 0;
        while fields < 4 {
            let mut byte = [0];
            if self.out.read_exact(&mut byte).is_err() {
                return Ok(None);
            }
            fields += usize::from(byte[0].is_ascii_whitespace());
            header.push(byte[0]);
            if header.len() > 64 {
                return Ok(None);
            }
        }
        let text = String::from_utf8_lossy(&header).into_owned();
        let mut parts = text.split_ascii_whitespace().skip(1).map(|n| n.parse::<u32>().unwrap_or(0));
        let (width, height) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 || pixels > MAX_PIXELS {
            return Ok(None);
        }
        let mut data = vec![0; pixels as usize * 3];
        if self.out.read_exact(&mut data).is_err() {
            return Ok(None);
        }
        Ok(RgbImage::from_raw(width, height, data))
    }
}

impl Iterator for VideoFrames {
    type Item = Result<Frame, VideoError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.next_frame().transpose();
        self.done = !matches!(item, Some(Ok(_)));
        item
    }
}

impl Drop for VideoFrames {
    fn drop(&mut self) {
        // Ending a process that has ended already is no error worth telling.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds of `hours:minutes:seconds`.
fn clock(text: &str) -> Option<f64> {
    text.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.trim().parse::<f64>().ok()?))
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_up_to_their_end() {
        assert_eq!(number("  0.0333333 duration: 512"), Some(0.0333333));
        assert_eq!(number("29.97"), Some(29.97));
        assert_eq!(number("x"), None);
        assert_eq!(clock("00:01:02.50"), Some(62.5));
        assert_eq!(clock("N/A"), None);
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = VideoFrames::open(Path::new("no/such.mp4"), FrameRate::Every(1)).unwrap_err();
        assert!(error.to_string().contains("no/such.mp4"), "{error}");
    }
}
