//! Training pictures at a network's size, read once where memory or disk allow it.
//!
//! 5979 pictures of 224×224 are 900 MB: more than a small machine has to spare. The first ones stay in memory up to a
//! budget, the next ones lie in one file, and what fits in neither is decoded again each time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use image::RgbImage;

use crate::fitting::TargetSize;
use crate::picture::{self, PictureError};

/// How much a [`PictureStore`] may keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreBudget {
    /// Bytes of memory for pixels.
    pub memory: u64,
    /// Bytes on disk, in a nameless file that goes when the store goes.
    pub disk: u64,
    /// Where that file lies; one in memory (tmpfs) gains nothing.
    pub folder: PathBuf,
}

impl Default for StoreBudget {
    /// Half a gibibyte of memory, nothing on disk.
    fn default() -> StoreBudget {
        StoreBudget { memory: 512 << 20, disk: 0, folder: std::env::temp_dir() }
    }
}

type Reader = Box<dyn Fn(usize) -> Result<RgbImage, PictureError> + Send + Sync>;

/// Pictures at one size, each decoded when it is first asked for. Any number of threads may ask at once.
pub struct PictureStore {
    read: Reader,
    size: TargetSize,
    count: usize,
    memory: Vec<OnceLock<Arc<RgbImage>>>,
    disk: Option<Disk>,
}

impl PictureStore {
    /// The pictures in `paths`.
    pub fn open(paths: Vec<PathBuf>, size: TargetSize, budget: &StoreBudget) -> PictureStore {
        PictureStore::of(paths.len(), size, budget, move |i| picture::read(&paths[i]))
    }

    /// `count` pictures that `read` gives, of any size: for pictures with something drawn on them.
    pub fn of(
        count: usize,
        size: TargetSize,
        budget: &StoreBudget,
        read: impl Fn(usize) -> Result<RgbImage, PictureError> + Send + Sync + 'static,
    ) -> PictureStore {
        let bytes = 3 * u64::from(size.width) * u64::from(size.height);
        let fitting = |budget: u64| budget.checked_div(bytes).unwrap_or(0).min(count as u64) as usize;
        let in_memory = fitting(budget.memory);
        let on_disk = fitting(budget.disk).min(count - in_memory);
        PictureStore {
            read: Box::new(read),
            size,
            count,
            memory: (0..in_memory).map(|_| OnceLock::new()).collect(),
            disk: (on_disk > 0).then(|| Disk::new(&budget.folder, on_disk, bytes)),
        }
    }

    /// How many pictures there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The size of all pictures.
    pub fn size(&self) -> &TargetSize {
        &self.size
    }

    /// How many pictures are kept once read; the others are read anew each time.
    pub fn kept(&self) -> usize {
        self.memory.len() + self.disk.as_ref().map_or(0, |d| d.written.len())
    }

    /// Why the file on disk is not used, where one was asked for and the system refused it. Its pictures are read anew.
    pub fn disk_problem(&self) -> Option<String> {
        self.disk.as_ref().and_then(|d| d.lock().as_ref().err().cloned())
    }

    /// The picture at `index`, under [`len`](PictureStore::len).
    ///
    /// # Errors
    /// When it cannot be read; it is tried again the next time.
    pub fn get(&self, index: usize) -> Result<Arc<RgbImage>, PictureError> {
        let fresh = || (self.read)(index).and_then(|p| if self.fits(&p) { Ok(p) } else { self.size.fit(&p) });
        if let Some(slot) = self.memory.get(index) {
            if let Some(picture) = slot.get() {
                return Ok(picture.clone());
            }
            let picture = Arc::new(fresh()?);
            return Ok(slot.get_or_init(|| picture).clone());
        }
        let place = index - self.memory.len();
        let Some(disk) = self.disk.as_ref().filter(|d| place < d.written.len()) else {
            return fresh().map(Arc::new);
        };
        let kept = disk.read(place).and_then(|bytes| RgbImage::from_raw(self.size.width, self.size.height, bytes));
        if let Some(picture) = kept {
            return Ok(Arc::new(picture));
        }
        let picture = fresh()?;
        disk.write(place, picture.as_raw());
        Ok(Arc::new(picture))
    }

    fn fits(&self, picture: &RgbImage) -> bool {
        picture.dimensions() == (self.size.width, self.size.height)
    }
}

/// Pictures of one length after another in a nameless file.
struct Disk {
    file: Mutex<Result<File, String>>,
    written: Vec<AtomicBool>,
    bytes: u64,
}

impl Disk {
    fn new(folder: &std::path::Path, places: usize, bytes: u64) -> Disk {
        let file =
            tempfile::tempfile_in(folder).map_err(|e| format!("cannot keep pictures in {}: {e}", folder.display()));
        Disk { file: Mutex::new(file), written: (0..places).map(|_| AtomicBool::new(false)).collect(), bytes }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Result<File, String>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, place: usize) -> Option<Vec<u8>> {
        if !self.written[place].load(Ordering::Acquire) {
            return None;
        }
        let mut bytes = vec![0; self.bytes as usize];
        self.with_file(place, |file| file.read_exact(&mut bytes)).then_some(bytes)
    }

    fn write(&self, place: usize, bytes: &[u8]) {
        if self.with_file(place, |file| file.write_all(bytes)) {
            self.written[place].store(true, Ordering::Release);
        }
    }

    /// Does something at a picture's place; after a failure (a full disk) the file is given up for good.
    fn with_file(&self, place: usize, work: impl FnOnce(&mut File) -> std::io::Result<()>) -> bool {
        let mut file = self.lock();
        let Ok(open) = file.as_mut() else { return false };
        let done = open.seek(SeekFrom::Start(place as u64 * self.bytes)).and_then(|_| work(open));
        if let Err(e) = &done {
            *file = Err(format!("cannot keep pictures on disk: {e}"));
        }
        done.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backbone::Fit;
    use crate::fitting::Filter;
    use image::Rgb;
    use std::sync::atomic::AtomicUsize;

    const SIZE: TargetSize = TargetSize { width: 8, height: 8, fit: Fit::Stretch, filter: Filter::Nearest };
    const BYTES: u64 = 8 * 8 * 3;

    fn store(budget: &StoreBudget) -> (PictureStore, Arc<AtomicUsize>) {
        let reads = Arc::new(AtomicUsize::new(0));
        let counter = reads.clone();
        let store = PictureStore::of(6, SIZE, budget, move |i| {
            counter.fetch_add(1, Ordering::Relaxed);
            if i == 5 { Err(PictureError::Empty) } else { Ok(RgbImage::from_pixel(16, 20, Rgb([i as u8; 3]))) }
        });
        (store, reads)
    }

    #[test]
    fn what_fits_is_read_once_and_the_rest_each_time() {
        let budget = StoreBudget { memory: 2 * BYTES + 1, disk: 2 * BYTES, ..StoreBudget::default() };
        let (store, reads) = store(&budget);
        assert_eq!((store.len(), store.kept()), (6, 4));
        for round in 1..=3 {
            for i in 0..5 {
                let picture = store.get(i).unwrap();
                assert_eq!(picture.dimensions(), (8, 8));
                assert!(picture.as_raw().iter().all(|v| usize::from(*v) == i), "picture {i} of round {round}");
            }
            assert_eq!(reads.load(Ordering::Relaxed), 4 + round);
        }
        assert!(store.get(5).is_err());
        assert_eq!(store.disk_problem(), None);
    }

    #[test]
    fn without_a_disk_all_pictures_still_come() {
        let folder = PathBuf::from("there is no such folder");
        let (store, reads) = store(&StoreBudget { memory: 0, disk: 9 * BYTES, folder });
        for _ in 0..2 {
            assert_eq!(store.get(3).unwrap().get_pixel(0, 0)[0], 3);
        }
        assert_eq!(reads.load(Ordering::Relaxed), 2);
        assert!(store.disk_problem().unwrap().contains("no such folder"));
    }

    #[test]
    fn threads_get_the_same_pictures() {
        let (store, _) = store(&StoreBudget { memory: BYTES, disk: 3 * BYTES, ..StoreBudget::default() });
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for i in (0..5).cycle().take(200) {
                        assert_eq!(usize::from(store.get(i).unwrap().get_pixel(7, 7)[1]), i);
                    }
                });
            }
        });
    }
}
