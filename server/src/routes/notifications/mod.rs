//! Who is told of escalations: `/v1/notification_settings`, and what messages say.

pub(super) mod preview;
pub(super) mod settings;
pub(super) mod test;
