//! What Burn's CPU backend needs for the operations that train a picture network: milliseconds of processor time, all
//! threads together, the least of five runs. See `docs/burn-findings.md`.
//!
//! `cargo bench -p kihap-learn --bench burn`

use std::fs;

use burn::tensor::{
    Device, Distribution, Tensor,
    module::{batch_norm_train, conv2d, max_pool2d},
    ops::{ConvOptions, MaxPoolOptions},
};

fn main() {
    println!("batch 8, milliseconds of processor time: forward, backward to the input, backward to the weights");
    for (inputs, size, outputs, kernel, stride, groups) in [
        (3, 224, 64, 7, 2, 1),
        (64, 56, 64, 3, 1, 1),
        (64, 56, 256, 1, 1, 1),
        (256, 56, 512, 1, 2, 1),
        (128, 28, 128, 3, 1, 1),
        (256, 14, 256, 3, 1, 1),
        (1024, 14, 256, 1, 1, 1),
        (512, 7, 512, 3, 1, 1),
        (144, 56, 144, 3, 1, 144),
        (96, 112, 96, 3, 2, 96),
        (384, 14, 384, 3, 1, 384),
    ] {
        let weight = [outputs, inputs / groups, kernel, kernel];
        let options = ConvOptions::new([stride; 2], [kernel / 2; 2], [1; 2], groups);
        let forward = |x: Tensor<4>, weight: Tensor<4>| conv2d(x, weight, None, options.clone());
        let name = format!("conv {kernel}x{kernel}/{stride} {inputs} -> {outputs}, {size} pixels, {groups} groups");
        report(&name, [8, inputs, size, size], weight, &forward);
    }
    let one = [1, 1, 1, 1];
    let x = [8, 64, 112, 112];
    report("max-pool 3x3/2 of 64 x 112 x 112", x, one, &|x, _| {
        max_pool2d(x, MaxPoolOptions::new([3, 3]).with_stride([2, 2]).with_padding_pairs([(1, 1), (1, 1)]))
    });
    report("batch norm of 64 x 112 x 112", x, one, &|x, _| {
        let row = Tensor::ones([64], &x.device());
        batch_norm_train(x, row.clone(), row, 1e-5).output
    });
}

fn report(name: &str, x: [usize; 4], weight: [usize; 4], forward: &dyn Fn(Tensor<4>, Tensor<4>) -> Tensor<4>) {
    let device = Device::flex().autodiff();
    let random = |shape: [usize; 4]| Tensor::<4>::random(shape, Distribution::Normal(0.0, 1.0), &device);
    let (x, weight) = (random(x), random(weight));
    let least = |run: &dyn Fn() -> f64| (0..5).map(|_| run()).fold(f64::INFINITY, f64::min);
    let alone = least(&|| {
        let start = processor_time();
        drop(forward(x.clone().inner(), weight.clone().inner()));
        processor_time() - start
    });
    // the loss is a sum, whose gradient costs next to nothing beside the rest
    let back = |learned: [bool; 2]| {
        least(&|| {
            let [x, weight] = [(&x, learned[0]), (&weight, learned[1])]
                .map(|(tensor, learned)| tensor.clone().detach().set_require_grad(learned));
            let loss = forward(x, weight).sum();
            let start = processor_time();
            drop(loss.backward());
            processor_time() - start
        })
    };
    let to_weights = if weight.dims()[0] > 1 { format!("{:8.1}", back([false, true])) } else { String::new() };
    println!("{name:48} {alone:8.1} {:8.1} {to_weights}", back([true, false]));
}

/// Milliseconds that all threads of this process have run (Linux).
fn processor_time() -> f64 {
    let nanoseconds = |task: fs::DirEntry| -> Option<f64> {
        fs::read_to_string(task.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
    tasks.flatten().filter_map(nanoseconds).sum::<f64>() / 1e6
}
