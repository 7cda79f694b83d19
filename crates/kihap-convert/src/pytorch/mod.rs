//! PyTorch state dictionaries as `torch.save` wrote them before version 1.6.

mod object;
mod pickle;
mod storage;

pub use storage::read_state_dict;
