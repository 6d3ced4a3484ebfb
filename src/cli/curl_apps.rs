//! Requests to Apps and Books, for `abmsim curl`.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::curl::{Credential, Several, chosen};
use super::failure::Failure;
use super::shell;
use crate::apple::vpp::SERVICES;

const LOCATIONS: Several =
    Several { key: "locations", noun: "location", flag: "--location", add: "abmsim license location add --name NAME" };

/// The URL for `path`, and the content token of a location. Paths are below `/mdm/v2`, or say so themselves. Services of version 1, by their
/// names or with a path, have the token in the query.
pub(super) fn request(bundle: &Value, path: &str, wanted: Option<&str>) -> Result<(String, Credential), Failure> {
    let location = chosen(bundle, &LOCATIONS, wanted)?;
    let token = location["content_token"].as_str().ok_or_else(|| {
        let name = location["name"].as_str().unwrap_or_default();
        Failure::failed(format!("no content token of the location `{name}` is alive"))
            .hint(format!("download one: `abmsim license token {}`", shell::quoted(name)))
    })?;
    if let Some((service, query)) = service_of_version_1(path) {
        let base = bundle["urls"]["base"].as_str().unwrap_or_default().trim_end_matches('/');
        let mark = if query.is_empty() { "" } else { "&" };
        let token = utf8_percent_encode(token, NON_ALPHANUMERIC);
        let url = format!("{base}{service}?{query}{mark}sToken={token}");
        return Ok((url, Credential { headers: Vec::new(), json: "application/json" }));
    }
    let from_root = path.trim_start_matches('/').starts_with("mdm/");
    let base = bundle["urls"][if from_root { "base" } else { "apps" }].as_str().unwrap_or_default();
    let url = format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'));
    let headers = vec![("Authorization", format!("Bearer {token}"))];
    Ok((url, Credential { headers, json: "application/json" }))
}

/// The path of a service of version 1 and its query, if `path` is one.
fn service_of_version_1(path: &str) -> Option<(String, &str)> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path = path.trim_start_matches('/');
    let (root, name) = path.rsplit_once('/').unwrap_or(("mdm", path));
    SERVICES.contains(&name).then(|| (format!("/{root}/{name}"), query))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_shows_the_locations_token() {
        let bundle = json!({
            "urls": {"base": "https://127.0.0.1:8443", "apps": "https://127.0.0.1:8443/mdm/v2"},
            "locations": [{"id": "1", "name": "HQ", "content_token": "ey"}, {"id": "2", "name": "Old", "content_token": null}],
        });
        for path in ["/assets", "assets", "/mdm/v2/assets"] {
            let (url, credential) = request(&bundle, path, Some("HQ")).unwrap();
            assert_eq!(url, "https://127.0.0.1:8443/mdm/v2/assets");
            assert_eq!(credential.headers, [("Authorization", "Bearer ey".to_owned())]);
        }
        for (path, asked) in [
            ("getVPPUserSrv", "/mdm/getVPPUserSrv?sToken=e%2By"),
            ("/getVPPUserSrv?userId=1", "/mdm/getVPPUserSrv?userId=1&sToken=e%2By"),
            ("/WebObjects/MZFinance.woa/wa/getVPPUserSrv", "/WebObjects/MZFinance.woa/wa/getVPPUserSrv?sToken=e%2By"),
        ] {
            let bundle =
                json!({"urls": bundle["urls"], "locations": [{"id": "1", "name": "HQ", "content_token": "e+y"}]});
            let (url, credential) = request(&bundle, path, None).unwrap();
            assert_eq!((url, credential.headers), (format!("https://127.0.0.1:8443{asked}"), Vec::new()));
        }
        let failure = request(&bundle, "/assets", Some("2")).unwrap_err();
        assert_eq!(failure.message, "no content token of the location `Old` is alive");
        assert!(request(&bundle, "/assets", Some("H")).unwrap_err().message.contains("there is no location `H`"));
    }
}
