//! Patches of a picture as columns of a matrix (im2col), and back (col2im).

/// Shapes of a two-dimensional convolution, all in pixels or channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    pub(super) batch: usize,
    pub(super) inputs: usize,
    /// Height and width of the input.
    pub(super) size: [usize; 2],
    pub(super) outputs: usize,
    pub(super) kernel: [usize; 2],
    pub(super) stride: [usize; 2],
    /// Top and left; what is below and to the right shows in `out` alone.
    pub(super) padding: [usize; 2],
    pub(super) dilation: [usize; 2],
    pub(super) groups: usize,
    /// Height and width of the output.
    pub(super) out: [usize; 2],
}

impl Geometry {
    /// The same convolution with rows as long as can be, for kernels of one column.
    pub(super) fn lengthened(self) -> Geometry {
        let ([height, width], [tall, wide]) = (self.size, self.kernel);
        if wide != 1 || self.padding[1] != 0 || self.stride[1] != 1 || self.out[1] != width {
            return self;
        }
        if width == 1 {
            let turn = |[rows, columns]: [usize; 2]| [columns, rows];
            return Geometry {
                size: turn(self.size),
                kernel: turn(self.kernel),
                stride: turn(self.stride),
                padding: turn(self.padding),
                dilation: turn(self.dilation),
                out: turn(self.out),
                ..self
            };
        }
        if self.stride[0] != 1 || tall == 1 {
            return self;
        }
        // a row down is so many numbers on
        Geometry {
            size: [1, height * width],
            kernel: [1, tall],
            padding: [0, self.padding[0] * width],
            dilation: [1, self.dilation[0] * width],
            out: [1, self.out[0] * width],
            ..self
        }
    }

    /// Pixels of one channel of the input.
    pub(super) fn pixels_in(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Pixels of one channel of the output.
    pub(super) fn pixels_out(&self) -> usize {
        self.out[0] * self.out[1]
    }

    pub(super) fn inputs_each(&self) -> usize {
        self.inputs / self.groups
    }

    pub(super) fn outputs_each(&self) -> usize {
        self.outputs / self.groups
    }

    /// Numbers that one output of one pixel is computed from.
    pub(super) fn depth(&self) -> usize {
        self.inputs_each() * self.kernel[0] * self.kernel[1]
    }

    /// Whether the columns are the picture itself.
    pub(super) fn is_pointwise(&self) -> bool {
        self.kernel == [1, 1] && self.stride == [1, 1] && self.padding == [0, 0] && self.size == self.out
    }

    /// Whether each input channel has outputs of its own.
    pub(super) fn is_depthwise(&self) -> bool {
        self.groups == self.inputs && self.groups > 1
    }

    /// The outputs along `axis` for which the kernel's tap `at` lies on the picture, and the first one's place on it.
    pub(super) fn reach(&self, axis: usize, at: usize) -> (usize, usize, usize) {
        let (stride, shift) = (self.stride[axis], at * self.dilation[axis]);
        let from = self.padding[axis].saturating_sub(shift).div_ceil(stride);
        let to = (self.size[axis] + self.padding[axis]).saturating_sub(shift).div_ceil(stride).min(self.out[axis]);
        if from >= to { (0, 0, 0) } else { (from, to, from * stride + shift - self.padding[axis]) }
    }

    /// How many rows of the output to do at once, so that their columns stay in the cache.
    pub(super) fn rows_at_once(&self) -> usize {
        const NUMBERS: usize = 1 << 17;
        let columns = (NUMBERS / self.depth()).max(192);
        (columns / self.out[1]).clamp(1, self.out[0])
    }
}

/// Columns of the output's `rows` for the input channels in `plane`s: `depth` lines of `rows × width` numbers, each line
/// starting `line` numbers after the last.
pub(super) fn gather(g: &Geometry, planes: &[f32], rows: std::ops::Range<usize>, columns: &mut [f32], line: usize) {
    let [kernel_height, kernel_width] = g.kernel;
    let width = g.out[1];
    let count = rows.len() * width;
    let mut lines = columns.chunks_mut(line);
    for plane in planes.chunks_exact(g.pixels_in()) {
        for ky in 0..kernel_height {
            let (top, bottom, first) = g.reach(0, ky);
            for kx in 0..kernel_width {
                let Some(line) = lines.next() else { return };
                let (left, right, start) = g.reach(1, kx);
                for (y, to) in rows.clone().zip(line[..count].chunks_exact_mut(width)) {
                    if y < top || y >= bottom {
                        to.fill(0.0);
                        continue;
                    }
                    let at = (first + (y - top) * g.stride[0]) * g.size[1];
                    let from = &plane[at + start.min(g.size[1])..at + g.size[1]];
                    to[..left].fill(0.0);
                    to[right..].fill(0.0);
                    let to = &mut to[left..right];
                    match g.stride[1] {
                        1 => to.copy_from_slice(&from[..to.len()]),
                        stride => to.iter_mut().zip(from.iter().step_by(stride)).for_each(|(to, from)| *to = *from),
                    }
                }
            }
        }
    }
}

/// Adds what `gather` would have read to where it would have read it from.
pub(super) fn scatter(g: &Geometry, columns: &[f32], line: usize, rows: std::ops::Range<usize>, planes: &mut [f32]) {
    let [kernel_height, kernel_width] = g.kernel;
    let width = g.out[1];
    let count = rows.len() * width;
    let mut lines = columns.chunks(line);
    for plane in planes.chunks_exact_mut(g.pixels_in()) {
        for ky in 0..kernel_height {
            let (top, bottom, first) = g.reach(0, ky);
            for kx in 0..kernel_width {
                let Some(line) = lines.next() else { return };
                let (left, right, start) = g.reach(1, kx);
                for (y, from) in rows.clone().zip(line[..count].chunks_exact(width)) {
                    if y < top || y >= bottom {
                        continue;
                    }
                    let at = (first + (y - top) * g.stride[0]) * g.size[1];
                    let to = &mut plane[at + start.min(g.size[1])..at + g.size[1]];
                    let from = &from[left..right];
                    match g.stride[1] {
                        1 => to.iter_mut().zip(from).for_each(|(to, from)| *to += from),
                        stride => to.iter_mut().step_by(stride).zip(from).for_each(|(to, from)| *to += from),
                    }
                }
            }
        }
    }
}
