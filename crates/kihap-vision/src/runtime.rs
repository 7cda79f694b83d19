//! Running ONNX networks: a small face before ONNX Runtime, which is loaded from the user's cache at run time.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ort::environment::{Environment, GlobalThreadPoolOptions};
use ort::session::{
    Session, SessionInputValue,
    builder::{GraphOptimizationLevel, SessionBuilder},
};
use ort::value::TensorRef;

use crate::error::{Result, VisionError};
use crate::weights;

/// Something that maps one input tensor to named output tensors. Behind this, the logic of the estimators can be
/// tested without ONNX Runtime.
pub(crate) trait Engine {
    /// Runs the network on `input` of `shape` and hands the outputs to `read` in the order in which they were asked
    /// for when the engine was opened.
    fn run(&mut self, shape: &[usize], input: &[f32], read: &mut dyn FnMut(&[&[f32]])) -> Result<()>;
}

/// A network in ONNX Runtime.
pub(crate) struct OrtEngine {
    session: Session,
    outputs: Vec<String>,
    name: String,
    takes: Takes,
}

/// The numbers a network takes. Whole ones are given the floats cut off.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Floats,
    Integers,
    /// 0..=255.
    Bytes,
}

/// Which threads a network works on.
#[derive(Clone, Copy, PartialEq)]
enum Pool {
    /// Those that all networks share, one a core.
    Shared,
    /// The caller's alone.
    None,
}

static ENVIRONMENT: OnceLock<std::result::Result<Environment, String>> = OnceLock::new();

/// Where ONNX Runtime's library is looked for: `KIHAP_ONNXRUNTIME`, else what `kihap setup` put into the cache.
pub fn library_path() -> PathBuf {
    std::env::var_os("KIHAP_ONNXRUNTIME").map(PathBuf::from).unwrap_or_else(|| weights::cache_dir().join(LIBRARY))
}

#[cfg(target_os = "windows")]
pub(crate) const LIBRARY: &str = "onnxruntime.dll";
#[cfg(target_os = "macos")]
pub(crate) const LIBRARY: &str = "libonnxruntime.dylib";
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
pub(crate) const LIBRARY: &str = "libonnxruntime.so";

fn environment() -> Result<&'static Environment> {
    let path = library_path();
    if !path.exists() {
        return Err(VisionError::NotInstalled { what: "ONNX Runtime".into(), path });
    }
    let made = ENVIRONMENT.get_or_init(|| {
        // One pool for all networks: with a pool each, the idle one's threads spin and starve the working one.
        let builder = ort::init_from(&path).map_err(|e| e.to_string())?;
        let pool = GlobalThreadPoolOptions::default()
            .with_intra_threads(threads())
            .and_then(|p| p.with_spin_control(true))
            .map_err(|e| e.to_string())?;
        builder.with_global_thread_pool(pool).build().map_err(|e| e.to_string())
    });
    made.as_ref().map_err(|reason| VisionError::Runtime {
        action: format!("be loaded from {}", path.display()),
        reason: reason.clone(),
    })
}

/// How many threads a network uses: `KIHAP_THREADS`, else the number of cores.
pub fn threads() -> usize {
    std::env::var("KIHAP_THREADS")
        .ok()
        .and_then(|t| t.parse().ok())
        .filter(|t| *t > 0)
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get()))
}

impl OrtEngine {
    /// Loads the network at `path`; `outputs` are the tensors `run` will hand out.
    pub(crate) fn open(path: &Path, outputs: &[&str]) -> Result<OrtEngine> {
        OrtEngine::open_in(Pool::Shared, path, outputs)
    }

    /// The same, for a network that works on the thread that calls it and on no other.
    pub(crate) fn open_on_one_thread(path: &Path, outputs: &[&str]) -> Result<OrtEngine> {
        OrtEngine::open_in(Pool::None, path, outputs)
    }

    fn open_in(pool: Pool, path: &Path, outputs: &[&str]) -> Result<OrtEngine> {
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if !path.exists() {
            return Err(VisionError::NotInstalled { what: format!("the network {name}"), path: path.to_owned() });
        }
        let action = format!("load {}", path.display());
        Self::load(name, action, outputs, pool, |builder| builder.commit_from_file(path))
    }

    /// Loads a network from memory; `name` is for messages.
    pub(crate) fn from_bytes(name: &str, bytes: &[u8], outputs: &[&str]) -> Result<OrtEngine> {
        let action = format!("load {name}");
        Self::load(name.to_owned(), action, outputs, Pool::Shared, |builder| builder.commit_from_memory(bytes))
    }

    /// [`OrtEngine::from_bytes`] for a network that works on the thread that calls it and on no other.
    pub(crate) fn from_bytes_on_one_thread(name: &str, bytes: &[u8], outputs: &[&str]) -> Result<OrtEngine> {
        let action = format!("load {name}");
        Self::load(name.to_owned(), action, outputs, Pool::None, |builder| builder.commit_from_memory(bytes))
    }

    fn load(
        name: String,
        action: String,
        outputs: &[&str],
        pool: Pool,
        commit: impl FnOnce(&mut SessionBuilder) -> ort::Result<Session>,
    ) -> Result<OrtEngine> {
        let failed = |e: String| VisionError::Runtime { action: action.clone(), reason: e };
        let mut builder = Session::builder(environment()?)
            .map_err(|e| failed(e.to_string()))?
            .with_optimization_level(GraphOptimizationLevel::All)
            .map_err(|e| failed(e.to_string()))?;
        if pool == Pool::None {
            builder = builder
                .with_independent_thread_pool()
                .map_err(|e| failed(e.to_string()))?
                .with_intra_threads(1)
                .map_err(|e| failed(e.to_string()))?;
        }
        let session = commit(&mut builder).map_err(|e| failed(e.to_string()))?;
        let takes = match session.inputs().first().and_then(|i| i.dtype().tensor_type()) {
            Some(ort::value::TensorElementType::Int32) => Takes::Integers,
            Some(ort::value::TensorElementType::Uint8) => Takes::Bytes,
            _ => Takes::Floats,
        };
        Ok(OrtEngine { session, outputs: outputs.iter().map(|s| s.to_string()).collect(), name, takes })
    }
}

/// Numbers of one of a network's inputs, with their shape.
#[derive(Debug, Clone, Copy)]
pub enum Numbers<'a> {
    /// 32-bit floats.
    F32(&'a [usize], &'a [f32]),
    /// Bytes, such as pixels.
    U8(&'a [usize], &'a [u8]),
}

impl OrtEngine {
    /// Runs a network of any inputs, given by name; the outputs are copied, in the order they were asked for.
    pub(crate) fn run_named(&mut self, inputs: &[(&str, Numbers<'_>)]) -> Result<Vec<Vec<f32>>> {
        let failed =
            |e: ort::Error| VisionError::Runtime { action: format!("run {}", self.name), reason: e.to_string() };
        let mut given: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(inputs.len());
        for (name, numbers) in inputs {
            let value = match *numbers {
                Numbers::F32(shape, values) => TensorRef::from_array_view((shape, values)).map_err(failed)?.into(),
                Numbers::U8(shape, values) => TensorRef::from_array_view((shape, values)).map_err(failed)?.into(),
            };
            given.push((name, value));
        }
        let results = self.session.run(given).map_err(failed)?;
        let mut all = Vec::with_capacity(self.outputs.len());
        for output in &self.outputs {
            let value = results.get(output).ok_or_else(|| VisionError::Runtime {
                action: format!("run {}", self.name),
                reason: format!("it has no output called {output}"),
            })?;
            all.push(value.try_extract_tensor::<f32>().map_err(failed)?.1.to_vec());
        }
        Ok(all)
    }
}

impl Engine for OrtEngine {
    fn run(&mut self, shape: &[usize], input: &[f32], read: &mut dyn FnMut(&[&[f32]])) -> Result<()> {
        let failed =
            |e: ort::Error| VisionError::Runtime { action: format!("run {}", self.name), reason: e.to_string() };
        let results = match self.takes {
            Takes::Integers => {
                let whole: Vec<i32> = input.iter().map(|v| *v as i32).collect();
                let tensor = TensorRef::from_array_view((shape, whole.as_slice())).map_err(failed)?;
                self.session.run(ort::inputs![tensor]).map_err(failed)?
            }
            Takes::Bytes => {
                let bytes: Vec<u8> = input.iter().map(|v| *v as u8).collect();
                let tensor = TensorRef::from_array_view((shape, bytes.as_slice())).map_err(failed)?;
                self.session.run(ort::inputs![tensor]).map_err(failed)?
            }
            Takes::Floats => {
                let tensor = TensorRef::from_array_view((shape, input)).map_err(failed)?;
                self.session.run(ort::inputs![tensor]).map_err(failed)?
            }
        };
        let mut slices = Vec::with_capacity(self.outputs.len());
        for output in &self.outputs {
            let value = results.get(output).ok_or_else(|| VisionError::Runtime {
                action: format!("run {}", self.name),
                reason: format!("it has no output called {output}"),
            })?;
            slices.push(value.try_extract_tensor::<f32>().map_err(failed)?.1);
        }
        read(&slices);
        Ok(())
    }
}
