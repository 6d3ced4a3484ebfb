//! What an administrator does, seen from the portal and from the MDM servers.

mod content;
mod devices;
mod migration;
mod moves;
mod orders;
mod people;
