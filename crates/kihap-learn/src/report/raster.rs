//! SVG to PNG.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use resvg::{
    tiny_skia::{Color, Pixmap, Transform},
    usvg::{FontResolver, Options, Tree, fontdb},
};

use crate::error::LearnError;

/// Pixels of a PNG for one unit of the SVG.
const SCALE: f32 = 2.0;

/// Turns SVG into PNG with the system's fonts and, for a machine without any, an embedded one (DejaVu Sans).
pub(super) struct Rasteriser {
    fonts: Arc<fontdb::Database>,
}

/// A PNG file, and the letters no font had.
pub(super) struct Raster {
    pub(super) png: Vec<u8>,
    pub(super) missing: BTreeSet<char>,
}

impl Rasteriser {
    pub(super) fn new() -> Rasteriser {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        fonts.load_system_fonts();
        fonts.set_sans_serif_family("DejaVu Sans");
        fonts.set_serif_family("DejaVu Sans");
        Rasteriser { fonts: Arc::new(fonts) }
    }

    pub(super) fn render(&self, svg: &str) -> Result<Raster, LearnError> {
        let missing = Arc::new(Mutex::new(BTreeSet::new()));
        let tree = {
            let noted = Arc::clone(&missing);
            let fallback = FontResolver::default_fallback_selector();
            let select_fallback = Box::new(move |letter, tried: &[fontdb::ID], fonts: &mut Arc<fontdb::Database>| {
                let found = fallback(letter, tried, fonts);
                if found.is_none() {
                    noted.lock().unwrap_or_else(PoisonError::into_inner).insert(letter);
                }
                found
            });
            let font_resolver = FontResolver { select_fallback, ..FontResolver::default() };
            let options = Options { fontdb: Arc::clone(&self.fonts), font_resolver, ..Options::default() };
            Tree::from_str(svg, &options).map_err(LearnError::report)?
        };
        let size = tree.size().to_int_size();
        let pixels = |units: u32| (units as f32 * SCALE) as u32;
        let mut pixmap = Pixmap::new(pixels(size.width()), pixels(size.height()))
            .ok_or_else(|| LearnError::report("a plot has no size"))?;
        pixmap.fill(Color::WHITE);
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
        let png = pixmap.encode_png().map_err(LearnError::report)?;
        let missing = missing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Raster { png, missing })
    }
}
