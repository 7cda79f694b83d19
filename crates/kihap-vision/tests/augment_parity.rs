//! The geometry of picture augmentation against what Keras made of the same picture (`tools/reference_augment.py`).

use image::{Rgb, RgbImage};
use kihap_vision::augment::{AugmentationDraw, Fill, Layout};
use kihap_vision::backbone::{Fit, Preprocessing};
use kihap_vision::fitting::{Filter, TargetSize};
use kihap_vision::image;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    step: usize,
    cval: f32,
    nearest_14x14: Vec<u8>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    width: u32,
    height: u32,
    rotation_degrees: f64,
    shift_pixels: [f64; 2],
    shear_degrees: f64,
    zoom: [f64; 2],
    flips: [bool; 2],
    fill: String,
    values: Vec<f32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/keras-augment.json")).unwrap()
}

fn synthetic(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(7 * x + 3 * y) as u8, (5 * x + 11 * y + 64) as u8, (x * y + 13 * x) as u8])
    })
}

/// Values as they are, 0..=255.
const PLAIN: Preprocessing = Preprocessing { side: 32, fit: Fit::Stretch, mean: [0.0; 3], scale: [1.0; 3] };

#[test]
fn every_transform_gives_keras_values() {
    let golden = golden();
    assert!(golden.cases.len() >= 18);
    for case in &golden.cases {
        let draw = AugmentationDraw {
            rotation_degrees: case.rotation_degrees,
            shift: [case.shift_pixels[0] / f64::from(case.width), case.shift_pixels[1] / f64::from(case.height)],
            shear_degrees: case.shear_degrees,
            zoom: case.zoom,
            horizontal_flip: case.flips[0],
            vertical_flip: case.flips[1],
            fill: match case.fill.as_str() {
                "nearest" => Fill::Nearest,
                "reflect" => Fill::Reflect,
                _ => Fill::Constant(golden.cval),
            },
            ..AugmentationDraw::IDENTITY
        };
        let picture = synthetic(case.width, case.height);
        let mut out = vec![f32::NAN; picture.as_raw().len()];
        draw.apply(&picture, &PLAIN, Layout::ChannelsLast, &mut out);
        let ours: Vec<f32> = out.iter().copied().step_by(golden.step).collect();
        assert_eq!(ours.len(), case.values.len(), "{}", case.name);
        let furthest = ours.iter().zip(&case.values).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(furthest < 0.02, "{}: {furthest} grey levels off", case.name);
    }
}

#[test]
fn the_nearest_filter_takes_pillows_pixels() {
    let size = TargetSize { width: 14, height: 14, fit: Fit::Stretch, filter: Filter::Nearest };
    assert_eq!(*size.fit(&synthetic(32, 24)).unwrap().as_raw(), golden().nearest_14x14);
}
