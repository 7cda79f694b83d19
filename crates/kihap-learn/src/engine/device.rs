//! Where tensors live.

use burn::tensor::Device;

use crate::{error::LearnError, train::DeviceName};

/// The device called `name`.
pub(crate) fn device(name: DeviceName) -> Result<Device, LearnError> {
    match name {
        DeviceName::Cpu => Ok(Device::flex()),
        #[cfg(feature = "wgpu")]
        DeviceName::Wgpu => Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "cuda")]
        DeviceName::Cuda => Ok(Device::cuda(0)),
        #[allow(unreachable_patterns, reason = "all devices may be built in")]
        missing => Err(LearnError::NoDevice { device: missing.name() }),
    }
}
