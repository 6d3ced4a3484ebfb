//! Apple's services, a room each. Every room has the same files in the same order: `mod.rs` (what the service is), `routes.rs` (its calls as
//! data), `auth.rs` (who is calling), `wire.rs` (the bodies), `handlers.rs` (a call each), `errors.rs` (how it says no).

pub mod enrollment;
