//! Convolution with outputs of its own for each input channel: no matrix to multiply, only rows to add.
//!
//! A channel is laid out so that every tap of the kernel reads one long run of numbers: with its padding, and apart by
//! what is left of row and column divided by the stride. The run is as long as the output, with rows a little longer than
//! the output's; what lies beyond them is left out at the end.

use rayon::prelude::*;

use super::patches::Geometry;

/// Output `[batch, outputs, height, width]` without bias.
pub(super) fn forward(g: &Geometry, x: &[f32], weight: &[f32]) -> Vec<f32> {
    let (layout, each) = (Layout::new(g), g.outputs_each());
    let mut out = vec![0.0; g.batch * g.outputs * g.pixels_out()];
    let scratch = || (layout.zeros(), vec![0.0; layout.run]);
    // the outputs of one input channel of one picture lie together
    out.par_chunks_mut(each * g.pixels_out()).enumerate().for_each_init(scratch, |(spread, sums), (index, out)| {
        layout.spread(g, &x[index * g.pixels_in()..][..g.pixels_in()], spread);
        for (place, out) in out.chunks_exact_mut(g.pixels_out()).enumerate() {
            let output = index % g.inputs * each + place;
            let weight = &weight[output * g.depth()..][..g.depth()];
            sums.fill(0.0);
            for (weights, starts) in weight.chunks(3).zip(layout.starts.chunks(3)) {
                match (weights, starts) {
                    (&[a, b, c], &[from_a, from_b, from_c]) => {
                        let (xa, xb, xc) = (&spread[from_a..], &spread[from_b..], &spread[from_c..]);
                        for (((sum, xa), xb), xc) in sums.iter_mut().zip(xa).zip(xb).zip(xc) {
                            *sum += a * xa + b * xb + c * xc;
                        }
                    }
                    _ => {
                        for (w, start) in weights.iter().zip(starts) {
                            sums.iter_mut().zip(&spread[*start..]).for_each(|(sum, x)| *sum += w * x);
                        }
                    }
                }
            }
            for (out, sums) in out.chunks_exact_mut(g.out[1]).zip(sums.chunks(layout.pitch)) {
                out.copy_from_slice(&sums[..g.out[1]]);
            }
        }
    });
    out
}

/// Gradient of the input, `[batch, inputs, height, width]`, for that of the output.
pub(super) fn input_gradient(g: &Geometry, weight: &[f32], gradient: &[f32]) -> Vec<f32> {
    let (layout, each) = (Layout::new(g), g.outputs_each());
    let mut out = vec![0.0; g.batch * g.inputs * g.pixels_in()];
    let scratch = || (layout.zeros(), vec![0.0; layout.run]);
    out.par_chunks_mut(g.pixels_in()).enumerate().for_each_init(scratch, |(spread, run), (index, out)| {
        spread.fill(0.0);
        for place in 0..each {
            let output = index % g.inputs * each + place;
            layout.lengthen(g, &gradient[(index * each + place) * g.pixels_out()..][..g.pixels_out()], run);
            for (w, start) in weight[output * g.depth()..].iter().zip(&layout.starts) {
                spread[*start..].iter_mut().zip(run.iter()).for_each(|(x, gradient)| *x += w * gradient);
            }
        }
        layout.collect(g, spread, out);
    });
    out
}

/// Gradient of the weights, `[outputs, 1, kernel, kernel]`, for that of the output.
pub(super) fn weight_gradient(g: &Geometry, x: &[f32], gradient: &[f32]) -> Vec<f32> {
    let (layout, each) = (Layout::new(g), g.outputs_each());
    let mut out = vec![0.0; g.outputs * g.depth()];
    let scratch = || (layout.zeros(), vec![0.0; layout.run]);
    out.par_chunks_mut(each * g.depth()).enumerate().for_each_init(scratch, |(spread, run), (input, out)| {
        for image in 0..g.batch {
            let index = image * g.inputs + input;
            layout.spread(g, &x[index * g.pixels_in()..][..g.pixels_in()], spread);
            for (place, out) in out.chunks_exact_mut(g.depth()).enumerate() {
                layout.lengthen(g, &gradient[(index * each + place) * g.pixels_out()..][..g.pixels_out()], run);
                for (out, start) in out.iter_mut().zip(&layout.starts) {
                    *out += dot(run, &spread[*start..][..run.len()]);
                }
            }
        }
    });
    out
}

/// Where the pixels of a channel lie.
struct Layout {
    /// Numbers from one row of the output to the next.
    pitch: usize,
    /// Numbers that each tap reads.
    run: usize,
    /// Where each tap starts to read.
    starts: Vec<usize>,
    /// Numbers of the pixels of one remainder.
    part: usize,
}

impl Layout {
    fn new(g: &Geometry) -> Layout {
        let far = |axis: usize| (g.kernel[axis] - 1) * g.dilation[axis];
        let pitch = g.out[1] + far(1) / g.stride[1];
        let run = g.out[0] * pitch;
        // the last tap's run ends within the part
        let part = run + far(0) / g.stride[0] * pitch + far(1) / g.stride[1];
        let start = |tap: usize| {
            let [y, x] = [tap / g.kernel[1] * g.dilation[0], tap % g.kernel[1] * g.dilation[1]];
            let remainder = y % g.stride[0] * g.stride[1] + x % g.stride[1];
            remainder * part + y / g.stride[0] * pitch + x / g.stride[1]
        };
        Layout { pitch, run, starts: (0..g.kernel[0] * g.kernel[1]).map(start).collect(), part }
    }

    fn zeros(&self) -> Vec<f32> {
        // each remainder that a tap has
        let parts = self.starts.iter().map(|start| start / self.part + 1).max().unwrap_or(1);
        vec![0.0; parts * self.part]
    }

    /// Calls `each` with every row of the picture that is read: its place on the picture and in each remainder of columns.
    fn rows(&self, g: &Geometry, length: usize, mut each: impl FnMut(usize, usize, usize, usize)) {
        for y in 0..g.size[0] {
            let at = y + g.padding[0];
            for remainder in 0..g.stride[1] {
                // the first column with that remainder
                let first = (remainder + g.stride[1] - g.padding[1] % g.stride[1]) % g.stride[1];
                let row = at % g.stride[0] * g.stride[1] + remainder;
                let column = (first + g.padding[1]) / g.stride[1];
                let start = row * self.part + at / g.stride[0] * self.pitch + column;
                // rows and columns that no output reads have no place
                let end = (row + 1) * self.part;
                if end <= length && start < end && column < self.pitch {
                    let count = g.size[1].saturating_sub(first).div_ceil(g.stride[1]).min(self.pitch - column);
                    each(y * g.size[1] + first, start, count.min(end - start), g.stride[1]);
                }
            }
        }
    }

    /// Lays a channel out; the padding is left as it is.
    fn spread(&self, g: &Geometry, plane: &[f32], spread: &mut [f32]) {
        self.rows(g, spread.len(), |from, to, count, stride| {
            let to = &mut spread[to..to + count];
            match stride {
                1 => to.copy_from_slice(&plane[from..from + count]),
                _ => to.iter_mut().zip(plane[from..].iter().step_by(stride)).for_each(|(to, from)| *to = *from),
            }
        });
    }

    /// The other way.
    fn collect(&self, g: &Geometry, spread: &[f32], plane: &mut [f32]) {
        self.rows(g, spread.len(), |to, from, count, stride| {
            let from = &spread[from..from + count];
            plane[to..].iter_mut().step_by(stride).zip(from).for_each(|(to, from)| *to = *from);
        });
    }

    /// Rows of the output, lengthened with zeros.
    fn lengthen(&self, g: &Geometry, plane: &[f32], run: &mut [f32]) {
        for (run, plane) in run.chunks_exact_mut(self.pitch).zip(plane.chunks_exact(g.out[1])) {
            run[..g.out[1]].copy_from_slice(plane);
        }
    }
}

/// Sum of products, in eight sums side by side.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0f32; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    rest + sums.iter().sum::<f32>()
}
