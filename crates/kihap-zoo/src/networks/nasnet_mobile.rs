//! `nasnet-mobile`: NASNet-A (4 @ 1056), cells found by search (Zoph, Vasudevan, Shlens and Le, 2018, "Learning Transferable
//! Architectures for Scalable Image Recognition", arXiv:1707.07012).
//!
//! Layers are named as in Keras' `NASNetMobile`. Its `SeparableConv2D` layers are two here, `…_depthwise` and
//! `…_pointwise`; layers that only pad before a convolution are part of it (they pad as TensorFlow's `SAME`); a ReLU that
//! several branches read is computed once. Dropout before the class scores is the published code's 0.5, which Keras leaves
//! out. The auxiliary head, which only training used, is left out.
//!
//! Input: 224 px (any from 32 on), red, green, blue, −1 to 1.

use super::picture::{plus_minus_one, published_width, side};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding, PoolKind};

const NAME: &str = "nasnet-mobile";
const STEM: usize = 32;
/// Channels of each branch of the first normal cells: 1056 / 24.
const FILTERS: usize = 44;
/// Normal cells between reductions.
const CELLS: usize = 4;
/// The share in the published code (`nasnet.py` of TensorFlow's models, `mobile_imagenet_config`).
const DROPOUT: f32 = 0.5;

/// The network's entry.
pub(crate) const NASNET_MOBILE: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "found by search; many small layers",
    paper: "Zoph et al., 2018, arXiv:1707.07012",
    published: Some(Published {
        parameters: 5_326_716,
        classes: 1000,
        with_statistics: true,
        source: "keras.applications.NASNetMobile",
    }),
    features: Some("global_average_pooling2d"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    published_width(NAME, settings)?;
    let side = side(NAME, settings, 224)?;
    let mut nas = Nas { net: GraphBuilder::pictures(NAME, plus_minus_one(side)), rectified: Vec::new() };
    nas.net.conv_plain("stem_conv1", STEM, 3, 2, Padding::Valid);
    nas.normalise("stem_bn1");
    let stem = nas.here(STEM, (side - 3) / 2 + 1);
    let first = nas.reduction(&stem, None, FILTERS / 4, "stem_1");
    let second = nas.reduction(&first, Some(&stem), FILTERS / 2, "stem_2");
    let (mut before, mut last) = (first, second);
    for stage in 0..3 {
        let filters = FILTERS << stage;
        if stage > 0 {
            let reduced = nas.reduction(&last, Some(&before), filters, &format!("reduce_{}", stage * CELLS));
            (before, last) = (last, reduced);
        }
        // Keras skips a number where a reduction stands.
        let start = if stage == 0 { 0 } else { stage * CELLS + 1 };
        for cell in start..start + CELLS {
            let next = nas.normal(&last, &before, filters, &cell.to_string());
            (before, last) = (last, next);
        }
    }
    nas.rectify(&last);
    let mut net = nas.net;
    net.global_average("global_average_pooling2d");
    net.dropout("dropout", settings.dropout.unwrap_or(DROPOUT));
    net.logits("predictions", settings.classes);
    net.finish()
}

/// A layer's output.
#[derive(Clone)]
struct Map {
    layer: String,
    channels: usize,
    side: usize,
}

struct Nas {
    net: GraphBuilder,
    /// Layers whose ReLU is there already.
    rectified: Vec<String>,
}

impl Nas {
    fn here(&self, channels: usize, side: usize) -> Map {
        Map { layer: self.net.at(), channels, side }
    }

    fn normalise(&mut self, name: &str) {
        self.net.batch_norm(name, 1e-3, 0.9997);
    }

    /// Goes on from the ReLU of `map`.
    fn rectify(&mut self, map: &Map) {
        let name = format!("{}_relu", map.layer);
        if self.rectified.contains(&map.layer) {
            self.net.from(&name);
        } else {
            self.net.from(&map.layer).activation(&name, Activation::Relu);
            self.rectified.push(map.layer.clone());
        }
    }

    /// ReLU, 1 × 1 convolution, normalisation.
    fn project(&mut self, map: &Map, filters: usize, convolution: &str, norm: &str) -> Map {
        self.rectify(map);
        self.net.conv_plain(convolution, filters, 1, 1, Padding::Valid);
        self.normalise(norm);
        self.here(filters, map.side)
    }

    /// Twice ReLU, separable convolution, normalisation; the first strides.
    fn separable(&mut self, map: &Map, filters: usize, kernel: usize, stride: usize, id: &str) -> Map {
        let mut map = map.clone();
        for (number, stride) in [(1, stride), (2, 1)] {
            self.rectify(&map);
            let name = format!("separable_conv_{number}");
            self.net.depthwise(&format!("{name}_{id}_depthwise"), map.channels, kernel, stride, Padding::Same);
            self.net.conv_plain(&format!("{name}_{id}_pointwise"), filters, 1, 1, Padding::Valid);
            self.normalise(&format!("{name}_bn_{id}"));
            map = self.here(filters, map.side.div_ceil(stride));
        }
        map
    }

    fn pool(&mut self, map: &Map, kind: PoolKind, stride: usize, padding: Padding, name: &str) -> Map {
        self.net.from(&map.layer).pool(name, kind, 3, stride, padding);
        self.here(map.channels, map.side.div_ceil(stride))
    }

    fn add(&mut self, a: &Map, b: &Map, name: &str) -> Map {
        self.net.join(name, Op::Add, &[&a.layer, &b.layer]);
        self.here(a.channels, a.side)
    }

    fn concat(&mut self, maps: &[&Map], name: &str) -> Map {
        let layers: Vec<&str> = maps.iter().map(|map| map.layer.as_str()).collect();
        self.net.join(name, Op::Concat { axis: 0 }, &layers);
        self.here(maps.iter().map(|map| map.channels).sum(), maps[0].side)
    }

    /// The output `p` of the cell before the last, made as large as the last one's and as deep as the cell.
    fn adjust(&mut self, p: &Map, side: usize, filters: usize, id: &str) -> Map {
        if p.side == side && p.channels == filters {
            return p.clone();
        }
        let (convolution, norm) = (format!("adjust_conv_projection_{id}"), format!("adjust_bn_{id}"));
        if p.side == side {
            return self.project(p, filters, &convolution, &norm);
        }
        // Every second pixel, beginning once with the first and once with the second.
        self.rectify(p);
        let rectified = self.net.at();
        let half = |nas: &mut Nas, number: usize| {
            let pool = Op::Pool { kind: PoolKind::Average, kernel: [1, 1], stride: [2, 2], padding: Padding::Valid };
            nas.net.layer(&format!("adjust_avg_pool_{number}_{id}"), pool);
            nas.net.conv_plain(&format!("adjust_conv_{number}_{id}"), filters / 2, 1, 1, Padding::Valid);
            nas.here(filters / 2, side)
        };
        let first = half(self, 1);
        self.net.from(&rectified).layer(&format!("adjust_pad_{id}"), Op::ZeroPad { padding: [0, 1, 0, 1] });
        self.net.layer(&format!("adjust_crop_{id}"), Op::Crop { cropping: [1, 0, 1, 0] });
        let second = half(self, 2);
        self.concat(&[&first, &second], &format!("adjust_concat_{id}"));
        self.normalise(&norm);
        self.here(filters, side)
    }

    /// A normal cell (the paper's figure 4, left) on the outputs of the last two cells.
    fn normal(&mut self, last: &Map, before: &Map, filters: usize, id: &str) -> Map {
        let name = |part: &str| format!("normal_{part}_{id}");
        let p = self.adjust(before, last.side, filters, id);
        let h = self.project(last, filters, &name("conv_1"), &name("bn_1"));
        let separable = |nas: &mut Nas, map, kernel, part| nas.separable(map, filters, kernel, 1, &name(part));
        let (left1, right1) = (separable(self, &h, 5, "left1"), separable(self, &p, 3, "right1"));
        let (left2, right2) = (separable(self, &p, 5, "left2"), separable(self, &p, 3, "right2"));
        let left5 = separable(self, &h, 3, "left5");
        let x1 = self.add(&left1, &right1, &name("add_1"));
        let x2 = self.add(&left2, &right2, &name("add_2"));
        let left3 = self.pool(&h, PoolKind::Average, 1, Padding::Same, &name("left3"));
        let x3 = self.add(&left3, &p, &name("add_3"));
        // The cell has the same pooling on both sides.
        let left4 = self.pool(&p, PoolKind::Average, 1, Padding::Same, &name("left4"));
        let x4 = self.add(&left4, &left4, &name("add_4"));
        let x5 = self.add(&left5, &h, &name("add_5"));
        self.concat(&[&p, &x1, &x2, &x3, &x4, &x5], &name("concat"))
    }

    /// A reduction cell (the paper's figure 4, right), which halves the sides.
    fn reduction(&mut self, last: &Map, before: Option<&Map>, filters: usize, id: &str) -> Map {
        let name = |part: &str| format!("reduction_{part}_{id}");
        let p = before.map_or_else(|| last.clone(), |before| self.adjust(before, last.side, filters, id));
        let h = self.project(last, filters, &name("conv_1"), &name("bn_1"));
        // As in Keras, pooling sees these zeros, unlike those of `SAME`.
        let top = h.side % 2;
        self.net.layer(&name("pad_1"), Op::ZeroPad { padding: [top, 1, top, 1] });
        let padded = self.here(filters, h.side);
        let halved = |nas: &mut Nas, map: &Map, kernel, part| nas.separable(map, filters, kernel, 2, &name(part));
        let left1 = halved(self, &h, 5, "left1");
        let (right1, right2) = (halved(self, &p, 7, "right1"), halved(self, &p, 7, "right2"));
        let right3 = halved(self, &p, 5, "right3");
        let x1 = self.add(&left1, &right1, &name("add_1"));
        let left2 = self.pool(&padded, PoolKind::Max, 2, Padding::Valid, &name("left2"));
        let x2 = self.add(&left2, &right2, &name("add_2"));
        let left3 = self.pool(&padded, PoolKind::Average, 2, Padding::Valid, &name("left3"));
        let x3 = self.add(&left3, &right3, &name("add3"));
        let left4 = self.pool(&x1, PoolKind::Average, 1, Padding::Same, &name("left4"));
        let x4 = self.add(&x2, &left4, &name("add_4"));
        let left5 = self.separable(&x1, filters, 3, 1, &name("left4"));
        // Keras makes this pooling a second time as `right5`.
        let x5 = self.add(&left5, &left2, &name("add4"));
        self.concat(&[&x2, &x3, &x4, &x5], &name("concat"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_deep_as_in_keras() {
        let graph = build(&Settings::pictures(1000)).unwrap();
        let shapes = graph.shapes().unwrap();
        let shape = |layer: &str| shapes[graph.index_of(layer).unwrap()].clone();
        assert_eq!(shape("stem_bn1"), [32, 111, 111]);
        assert_eq!(shape("reduction_concat_stem_1"), [44, 56, 56]);
        assert_eq!(shape("reduction_concat_stem_2"), [88, 28, 28]);
        assert_eq!(shape("normal_concat_3"), [264, 28, 28]);
        assert_eq!(shape("reduction_concat_reduce_4"), [352, 14, 14]);
        assert_eq!(shape("normal_concat_8"), [528, 14, 14]);
        assert_eq!(shape("normal_concat_12"), [1056, 7, 7]);
        assert_eq!(shape("global_average_pooling2d"), [1056]);
    }

    #[test]
    fn a_cell_cannot_be_cut_off_from_the_one_it_skips_to() {
        let graph = build(&Settings { side: Some(64), ..Settings::pictures(3) }).unwrap();
        assert!(matches!(graph.cut_after("normal_concat_3"), Err(ZooError::Cut { .. })));
    }
}
