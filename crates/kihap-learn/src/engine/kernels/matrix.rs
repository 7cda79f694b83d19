//! Products of matrices that lie in slices.

use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder, linalg::general_mat_mul};

/// `rows × columns` numbers; each row starts `line` numbers after the last, or each column where it is `turned`.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    numbers: &'a [f32],
    shape: [usize; 2],
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    pub(super) fn new(numbers: &'a [f32], rows: usize, columns: usize, line: usize) -> Matrix<'a> {
        Matrix { numbers, shape: [rows, columns], strides: [line, 1] }
    }

    pub(super) fn turned(self) -> Matrix<'a> {
        let ([rows, columns], [line, step]) = (self.shape, self.strides);
        Matrix { numbers: self.numbers, shape: [columns, rows], strides: [step, line] }
    }

    fn view(self) -> ArrayView2<'a, f32> {
        let [rows, columns] = self.shape;
        match ArrayView2::from_shape((rows, columns).strides((self.strides[0], self.strides[1])), self.numbers) {
            Ok(view) => view,
            Err(problem) => panic!("a matrix of {rows} × {columns} in {} numbers: {problem}", self.numbers.len()),
        }
    }
}

/// `out = keep · out + a · b`, where each row of `out` starts `line` numbers after the last.
pub(super) fn multiply(a: Matrix<'_>, b: Matrix<'_>, keep: f32, out: &mut [f32], line: usize) {
    let ([rows, _], [_, columns]) = (a.shape, b.shape);
    let numbers = out.len();
    match ArrayViewMut2::from_shape((rows, columns).strides((line, 1)), out) {
        Ok(mut out) => general_mat_mul(1.0, &a.view(), &b.view(), keep, &mut out),
        Err(problem) => panic!("a product of {rows} × {columns} into {numbers} numbers: {problem}"),
    }
}
