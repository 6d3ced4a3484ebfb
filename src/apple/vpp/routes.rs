//! The services, each at every path where clients look for it.

use http::Method;

use super::errors::Refused;
use super::{Answer, Call, Handler, assets, assignments, configuration, licenses, manage, users};
use crate::apple::invitation;
use crate::http::Route;

/// Where Apple's old documents have the services.
const OLD: &str = "/WebObjects/MZFinance.woa/wa/";

/// A service that looks.
const fn look(answer: fn(&Call<'_>) -> Result<Answer, Refused>) -> Handler {
    Handler::Call { answer, writes: false }
}

/// A service that changes something.
const fn change(answer: fn(&Call<'_>) -> Result<Answer, Refused>) -> Handler {
    Handler::Call { answer, writes: true }
}

/// The routes of services: at the path of today, at that of old documents, below version 2 (where Fleet looks), and at the root (where vppsim
/// has them); by POST, and by GET as some clients have it.
macro_rules! services {
    ($($name:literal, $operation:literal, $summary:literal, $handler:expr;)*) => {
        /// The names of the services.
        pub const SERVICES: &[&str] = &[$($name),*];

        /// Every service at every path.
        pub const ROUTES: &[Route<Handler>] = &[$(
            services!(@route POST, "/mdm/", $name, $operation, $summary, $handler),
            services!(@route GET, "/mdm/", $name, $operation, $summary, $handler),
            services!(@route POST, "/WebObjects/MZFinance.woa/wa/", $name, $operation, $summary, $handler),
            services!(@route GET, "/WebObjects/MZFinance.woa/wa/", $name, $operation, $summary, $handler),
            services!(@route POST, "/mdm/v2/", $name, $operation, $summary, $handler),
            services!(@route GET, "/mdm/v2/", $name, $operation, $summary, $handler),
            services!(@route POST, "/", $name, $operation, $summary, $handler),
            services!(@route GET, "/", $name, $operation, $summary, $handler),
        )*];
    };
    (@route $method:ident, $root:literal, $name:literal, $operation:literal, $summary:literal, $handler:expr) => {
        Route { method: Method::$method, path: concat!($root, $name), operation: $operation, summary: $summary, handler: $handler }
    };
}

#[rustfmt::skip]
services! {
    "VPPServiceConfigSrv", "vpp.service_config", "Version 1: URLs, limits and error texts", Handler::ServiceConfig;
    "VPPClientConfigSrv", "vpp.client_config", "Version 1: what the client has noted at the location", look(configuration::client);
    "registerVPPUserSrv", "vpp.register_user", "Version 1: register a user", change(users::register);
    "editVPPUserSrv", "vpp.edit_user", "Version 1: change a user", change(users::edit);
    "getVPPUserSrv", "vpp.get_user", "Version 1: a user with licences", look(users::get);
    "retireVPPUserSrv", "vpp.retire_user", "Version 1: retire a user", change(users::retire);
    "getVPPUsersSrv", "vpp.users", "Version 1: users, batch by batch", look(users::list);
    "getVPPLicensesSrv", "vpp.licenses", "Version 1: licences, batch by batch", look(licenses::list);
    "getVPPAssetsSrv", "vpp.assets", "Version 1: apps and books", look(assets::list);
    "getAssignments", "vpp.assignments", "Version 1: who holds a licence, page by page", look(assignments::list);
    "manageVPPLicensesByAdamIdSrv", "vpp.manage_licenses", "Version 1: assign licences and take them back", change(manage::manage);
    "associateVPPLicenseSrv", "vpp.associate_license", "Version 1: removed", Handler::Removed;
    "associateVPPLicenseWithVPPUserSrv", "vpp.associate_license", "Version 1: removed", Handler::Removed;
    "disassociateVPPLicenseSrv", "vpp.disassociate_license", "Version 1: removed", Handler::Removed;
    "disassociateVPPLicenseFromVPPUserSrv", "vpp.disassociate_license", "Version 1: removed", Handler::Removed;
}

/// Whether a path is one of a service's, or one where services are.
pub fn claims(path: &str) -> bool {
    let roots = ["/mdm/v2/", "/mdm/", OLD, "/"];
    let is_service = |rest: &str| SERVICES.contains(&rest);
    if roots.iter().any(|root| path.strip_prefix(root).is_some_and(is_service)) {
        return true;
    }
    // Invitations are accepted elsewhere.
    let among_services = path.starts_with(OLD) && path != invitation::PATH;
    among_services || path.strip_prefix("/mdm/").is_some_and(|rest| rest != "v2" && !rest.starts_with("v2/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_claimed_and_those_of_others_are_not() {
        for route in ROUTES {
            assert!(claims(route.path), "{}", route.path);
        }
        for path in [
            invitation::PATH,
            "/session",
            "/mdm/v2",
            "/mdm/v2/assets",
            "/",
            "/getAssignments/1",
            "/v1/VPPServiceConfigSrv",
        ] {
            assert!(!claims(path), "{path}");
        }
        assert!(claims("/mdm/getVPPUserz") && claims("/WebObjects/MZFinance.woa/wa/x"));
    }
}
