//! What the networks on pictures share.

use std::ops::RangeInclusive;

use kihap_vision::backbone::{Fit, Preprocessing};

use super::Settings;
use crate::error::ZooError;

/// Sides that a network with global pooling is built for. The smallest is Keras'; one above the largest is a slip.
const SIDES: RangeInclusive<usize> = 32..=2048;
/// Width multipliers that a network is built for; the papers go from 0.25 to 1.4.
const WIDTHS: RangeInclusive<f32> = 0.1..=4.0;

/// The side to build for, `published` where none is asked for.
pub(super) fn side(network: &str, settings: &Settings, published: usize) -> Result<usize, ZooError> {
    side_within(network, settings, published, SIDES)
}

/// As [`side`], for networks whose fully connected layers grow with the picture.
pub(super) fn side_within(
    network: &str,
    settings: &Settings,
    published: usize,
    sides: RangeInclusive<usize>,
) -> Result<usize, ZooError> {
    let side = settings.side.unwrap_or(published);
    if sides.contains(&side) {
        return Ok(side);
    }
    let allowed = format!("{} to {}", sides.start(), sides.end());
    Err(ZooError::Setting { network: network.to_owned(), setting: "side", value: side.to_string(), allowed })
}

/// The width multiplier, for networks that have one.
pub(super) fn width(network: &str, settings: &Settings) -> Result<f32, ZooError> {
    if WIDTHS.contains(&settings.width) {
        return Ok(settings.width);
    }
    let allowed = format!("{} to {}", WIDTHS.start(), WIDTHS.end());
    Err(ZooError::Setting { network: network.to_owned(), setting: "width", value: settings.width.to_string(), allowed })
}

/// Refuses width multipliers, for networks whose paper has none.
pub(super) fn published_width(network: &str, settings: &Settings) -> Result<(), ZooError> {
    if settings.width == 1.0 {
        return Ok(());
    }
    let (network, value) = (network.to_owned(), settings.width.to_string());
    Err(ZooError::Setting { network, setting: "width", value, allowed: "1".into() })
}

/// (v − 127.5) / 127.5, stretched to the square: Keras' preprocessing "tf".
pub(super) fn plus_minus_one(side: usize) -> Preprocessing {
    Preprocessing { side, fit: Fit::Stretch, mean: [127.5; 3], scale: [127.5; 3] }
}

/// Rounds a number of channels to a multiple of 8, at least 8, and not down by more than a tenth (Sandler et al., 2018,
/// and their published code).
pub(super) fn round_to_eight(channels: f32) -> usize {
    let rounded = ((channels + 4.0) as usize / 8 * 8).max(8);
    if (rounded as f32) < 0.9 * channels { rounded + 8 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::super::{ALL, InputKind};
    use super::*;

    #[test]
    fn channels_are_rounded_as_published() {
        let channels = [11.2, 16.0, 22.4, 5.6, 8.4, 33.6, 1792.0, 18.0, 10.0];
        assert_eq!(channels.map(round_to_eight), [16, 16, 24, 8, 8, 32, 1792, 24, 16]);
    }

    #[test]
    fn every_picture_network_is_as_large_as_published_and_can_be_cut_at_its_features() {
        for entry in ALL.iter().filter(|entry| entry.input == InputKind::Picture) {
            let name = entry.name;
            let published = entry.published.unwrap();
            let graph = (entry.build)(&Settings::pictures(published.classes)).unwrap();
            let count = if published.with_statistics { graph.total_parameters() } else { graph.trainable_parameters() };
            assert_eq!(count.unwrap(), published.parameters, "{name}");
            assert_eq!(graph.name, name);
            let side = graph.input.preprocessing.unwrap().side;
            assert_eq!(graph.input.shape, [3, side, side], "{name}");

            let (body, head) = graph.cut_after(entry.features.unwrap()).unwrap();
            assert_eq!(body.shapes().unwrap().last().unwrap().len(), 1, "{name}: features are a vector");
            assert_eq!(head.outputs().unwrap(), published.classes, "{name}");
            assert!(head.nodes.len() <= 2, "{name}: dropout and class scores are all that follows the features");
        }
    }

    #[test]
    fn sides_and_widths_change_a_network_or_are_refused() {
        for entry in ALL.iter().filter(|entry| entry.input == InputKind::Picture) {
            let name = entry.name;
            let build = |settings: Settings| (entry.build)(&settings);
            let small = build(Settings { side: Some(96), ..Settings::pictures(3) }).unwrap();
            assert_eq!(small.input.shape, [3, 96, 96], "{name}");
            assert_eq!(small.outputs().unwrap(), 3, "{name}");
            let odd = build(Settings { side: Some(99), ..Settings::pictures(3) }).unwrap();
            assert_eq!(odd.outputs().unwrap(), 3, "{name}");
            for side in [0, 16, 100_000] {
                let error = build(Settings { side: Some(side), ..Settings::pictures(3) }).unwrap_err();
                assert!(matches!(error, ZooError::Setting { setting: "side", .. }), "{name} {side}: {error}");
            }
            for width in [0.0, -1.0, f32::NAN, f32::INFINITY] {
                let error = build(Settings { width, ..Settings::pictures(3) }).unwrap_err();
                assert!(matches!(error, ZooError::Setting { setting: "width", .. }), "{name} {width}: {error}");
            }
            let narrow = build(Settings { width: 0.5, ..Settings::pictures(3) });
            if name.starts_with("mobilenet") {
                let full = build(Settings::pictures(3)).unwrap().total_parameters().unwrap();
                assert!(narrow.unwrap().total_parameters().unwrap() < full, "{name}");
            } else {
                assert!(matches!(narrow.unwrap_err(), ZooError::Setting { setting: "width", .. }), "{name}");
            }
        }
    }

    #[test]
    fn dropout_stands_before_the_class_scores_and_can_be_turned_off() {
        for entry in ALL.iter().filter(|entry| entry.input == InputKind::Picture) {
            let share = |dropout| {
                let graph = (entry.build)(&Settings { dropout, ..Settings::pictures(3) }).unwrap();
                graph.nodes.iter().rev().nth(1).and_then(|node| match node.op {
                    crate::graph::Op::Dropout { rate } => Some(rate),
                    _ => None,
                })
            };
            assert_eq!(share(Some(0.25)), Some(0.25), "{}", entry.name);
            assert_eq!(share(Some(0.0)), None, "{}", entry.name);
        }
    }
}
