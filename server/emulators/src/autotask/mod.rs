//! Not yet.
use crate::state::Data;
use crate::vendor::Call;
use crate::wire::{Ask, Reply};
pub(crate) fn call(_ask: &Ask) -> Call {
    Call::Other
}
pub(crate) fn answer(_data: &mut Data, _ask: &Ask) -> Reply {
    Reply::broken()
}
