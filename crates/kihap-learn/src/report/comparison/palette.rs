//! One look a network, the same in the table and all plots.

use plotters::style::RGBColor;

/// Colours that keep apart on light and dark paper.
const COLOURS: [(u8, u8, u8); 10] = [
    (0x1a, 0x73, 0xe8),
    (0xd9, 0x63, 0x0b),
    (0x1e, 0x8e, 0x3e),
    (0xc2, 0x2e, 0x7a),
    (0x7b, 0x4f, 0xe4),
    (0x00, 0x95, 0xa8),
    (0xa6, 0x84, 0x00),
    (0xe5, 0x39, 0x35),
    (0x8d, 0x62, 0x55),
    (0x6b, 0x84, 0x94),
];
/// Lines without a gap, dashed, dotted, dashed and dotted.
const DASHES: [&str; 4] = ["none", "7 4", "2 3", "9 3 2 3"];

/// How a network's lines and marks look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) colour: RGBColor,
    /// SVG's `stroke-dasharray`.
    pub(super) dash: &'static str,
    /// Which mark, from 0.
    pub(super) mark: usize,
}

impl Look {
    /// The look of row `index`. No two of 40 rows have the same colour value, by which the page finds a network's lines; after
    /// ten rows colours differ by a hardly visible step, and dashes and marks tell them apart.
    pub(super) fn of(index: usize) -> Look {
        let (red, green, blue) = COLOURS[index % COLOURS.len()];
        let round = index / COLOURS.len();
        let step = round.min(255) as u8;
        Look {
            colour: RGBColor(red.saturating_add(step), green, blue.saturating_sub(step)),
            dash: DASHES[round % DASHES.len()],
            mark: round,
        }
    }

    /// The colour as plotters writes it into SVG.
    pub(super) fn hex(self) -> String {
        let RGBColor(red, green, blue) = self.colour;
        format!("#{red:02X}{green:02X}{blue:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_rows_have_forty_colours() {
        let mut colours: Vec<String> = (0..40).map(|row| Look::of(row).hex()).collect();
        colours.sort();
        colours.dedup();
        assert_eq!(colours.len(), 40);
        assert_ne!(Look::of(0).dash, Look::of(10).dash);
    }
}
