//! Convolution as products of matrices: forward, and the gradients of its input and weights.

use std::ops::Range;

use rayon::prelude::*;

use super::{
    matrix::{Matrix, multiply},
    patches::{Geometry, gather, scatter},
};

/// Columns that a product of matrices should have at least: small pictures are taken together.
const ENOUGH_COLUMNS: usize = 192;

/// Output `[batch, outputs, height, width]` without bias.
pub(super) fn forward(g: &Geometry, x: &[f32], weight: &[f32]) -> Vec<f32> {
    let (pixels, depth, each) = (g.pixels_out(), g.depth(), g.outputs_each());
    let mut out = vec![0.0; g.batch * g.outputs * pixels];
    let merged = merged(g, g.batch.div_ceil(rayon::current_num_threads()));
    let work = |scratch: &mut Scratch, (index, out): (usize, &mut [f32])| {
        let images = index * merged..(index * merged + merged).min(g.batch);
        for group in 0..g.groups {
            let weight = Matrix::new(&weight[group * each * depth..][..each * depth], each, depth, depth);
            for tile in tiles(g, &images) {
                let columns = tile.columns(g, x, group, &mut scratch.columns);
                if images.len() == 1 {
                    let out = &mut out[group * each * pixels + tile.rows.start * g.out[1]..];
                    multiply(weight, columns, 0.0, &mut out[..(each - 1) * pixels + tile.width(g)], pixels);
                } else {
                    let width = tile.width(g);
                    let result = scratch.results.of(each * width);
                    multiply(weight, columns, 0.0, result, width);
                    for (output, line) in result.chunks_exact(width).enumerate() {
                        for (image, line) in line.chunks_exact(pixels).enumerate() {
                            let at = (image * g.outputs + group * each + output) * pixels;
                            out[at..at + pixels].copy_from_slice(line);
                        }
                    }
                }
            }
        }
    };
    out.par_chunks_mut(merged * g.outputs * pixels).enumerate().for_each_init(Scratch::default, work);
    out
}

/// Gradient of the input, `[batch, inputs, height, width]`, for that of the output.
pub(super) fn input_gradient(g: &Geometry, weight: &[f32], gradient: &[f32]) -> Vec<f32> {
    let (pixels, depth, each) = (g.pixels_in(), g.depth(), g.outputs_each());
    let mut out = vec![0.0; g.batch * g.inputs * pixels];
    let merged = merged(g, g.batch.div_ceil(rayon::current_num_threads()));
    let planes = g.inputs_each() * pixels;
    let work = |scratch: &mut Scratch, (index, out): (usize, &mut [f32])| {
        let images = index * merged..(index * merged + merged).min(g.batch);
        for group in 0..g.groups {
            let weight = Matrix::new(&weight[group * each * depth..][..each * depth], each, depth, depth).turned();
            for tile in tiles(g, &images) {
                let width = tile.width(g);
                let gradient = tile.outputs(g, gradient, group, &mut scratch.results);
                if g.is_pointwise() && images.len() == 1 {
                    let out = &mut out[group * planes + tile.rows.start * g.size[1]..];
                    multiply(weight, gradient, 0.0, &mut out[..(depth - 1) * pixels + width], pixels);
                    continue;
                }
                let columns = scratch.columns.of(depth * width);
                multiply(weight, gradient, 0.0, columns, width);
                for (image, out) in out.chunks_exact_mut(g.inputs * pixels).enumerate() {
                    let columns = &columns[image * g.pixels_out()..];
                    scatter(g, columns, width, tile.rows.clone(), &mut out[group * planes..][..planes]);
                }
            }
        }
    };
    out.par_chunks_mut(merged * g.inputs * pixels).enumerate().for_each_init(Scratch::default, work);
    out
}

/// Gradient of the weights, `[outputs, inputs / groups, kernel, kernel]`, for that of the output. The order of summing
/// depends on the shapes alone, so that the result does not depend on the number of threads.
pub(super) fn weight_gradient(g: &Geometry, x: &[f32], gradient: &[f32]) -> Vec<f32> {
    const NUMBERS: usize = 1 << 22;
    let (depth, each) = (g.depth(), g.outputs_each());
    let numbers = g.outputs * depth;
    let parts = (NUMBERS / numbers).clamp(4, 64).min(g.batch).max(1);
    let size = g.batch.div_ceil(parts);
    let part = |part: usize| {
        let mut sum = vec![0.0; numbers];
        let mut scratch = Scratch::default();
        let images = (part * size).min(g.batch)..(part * size + size).min(g.batch);
        let merged = merged(g, images.len());
        for first in images.clone().step_by(merged) {
            let images = first..(first + merged).min(images.end);
            for (group, sum) in sum.chunks_exact_mut(each * depth).enumerate() {
                for tile in tiles(g, &images) {
                    let gradient = tile.outputs(g, gradient, group, &mut scratch.results);
                    let columns = tile.columns(g, x, group, &mut scratch.columns);
                    multiply(gradient, columns.turned(), 1.0, sum, depth);
                }
            }
        }
        sum
    };
    let sums: Vec<Vec<f32>> = (0..parts).into_par_iter().map(part).collect();
    let mut sums = sums.into_iter();
    let mut total = sums.next().unwrap_or_default();
    let rest: Vec<Vec<f32>> = sums.collect();
    const BLOCK: usize = 1 << 14;
    total.par_chunks_mut(BLOCK).enumerate().for_each(|(index, total)| {
        for other in &rest {
            total.iter_mut().zip(&other[index * BLOCK..]).for_each(|(total, other)| *total += other);
        }
    });
    total
}

/// How many pictures to take together, `most` at most.
fn merged(g: &Geometry, most: usize) -> usize {
    (ENOUGH_COLUMNS / g.pixels_out()).clamp(1, most.max(1))
}

/// Rows of the output of one picture, or all of several.
struct Tile {
    images: Range<usize>,
    rows: Range<usize>,
}

fn tiles(g: &Geometry, images: &Range<usize>) -> impl Iterator<Item = Tile> + use<> {
    let height = g.out[0];
    let step = if images.len() > 1 || g.is_pointwise() { height } else { g.rows_at_once() };
    let images = images.clone();
    (0..height).step_by(step).map(move |top| Tile { images: images.clone(), rows: top..(top + step).min(height) })
}

impl Tile {
    fn width(&self, g: &Geometry) -> usize {
        self.images.len() * self.rows.len() * g.out[1]
    }

    /// What the outputs of a group are computed from, `depth × width`.
    fn columns<'a>(&self, g: &Geometry, x: &'a [f32], group: usize, scratch: &'a mut Buffer) -> Matrix<'a> {
        let (depth, width, planes) = (g.depth(), self.width(g), g.inputs_each() * g.pixels_in());
        let of = |image: usize| &x[image * g.inputs * g.pixels_in() + group * planes..][..planes];
        if g.is_pointwise() && self.images.len() == 1 {
            return Matrix::new(&of(self.images.start)[self.rows.start * g.out[1]..], depth, width, g.pixels_in());
        }
        let columns = scratch.of(depth * width);
        for (place, image) in self.images.clone().enumerate() {
            gather(g, of(image), self.rows.clone(), &mut columns[place * g.pixels_out()..], width);
        }
        Matrix::new(columns, depth, width, width)
    }

    /// The outputs (or their gradients) of a group, `outputs × width`.
    fn outputs<'a>(&self, g: &Geometry, out: &'a [f32], group: usize, scratch: &'a mut Buffer) -> Matrix<'a> {
        let (pixels, each, width) = (g.pixels_out(), g.outputs_each(), self.width(g));
        let of = |image: usize| &out[(image * g.outputs + group * each) * pixels..][..each * pixels];
        if self.images.len() == 1 {
            let out = &of(self.images.start)[self.rows.start * g.out[1]..];
            return Matrix::new(out, each, width, pixels);
        }
        let lines = scratch.of(each * width);
        for (place, image) in self.images.clone().enumerate() {
            for (line, from) in lines.chunks_exact_mut(width).zip(of(image).chunks_exact(pixels)) {
                line[place * pixels..][..pixels].copy_from_slice(from);
            }
        }
        Matrix::new(lines, each, width, width)
    }
}

/// Memory that a thread uses again and again.
#[derive(Default)]
struct Scratch {
    columns: Buffer,
    results: Buffer,
}

#[derive(Default)]
struct Buffer(Vec<f32>);

impl Buffer {
    /// So many numbers, of any value.
    fn of(&mut self, count: usize) -> &mut [f32] {
        if self.0.len() < count {
            self.0.resize(count, 0.0);
        }
        &mut self.0[..count]
    }
}
