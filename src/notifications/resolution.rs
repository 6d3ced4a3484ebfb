//! From a notification URL to the address that is connected to.

use std::net::{IpAddr, SocketAddr};

use http::Uri;

use crate::http::{Origin, Scheme};
use crate::organization::content::refused_address;

/// The addresses to which a notification for `url` may go, or why it may go nowhere. Each name is looked up at every attempt, and who connects takes the
/// very addresses that were looked at: a name cannot lead elsewhere in between.
pub async fn resolve(url: &str) -> Result<Vec<SocketAddr>, String> {
    let uri: Uri = url.parse().map_err(|_| "the notification URL is no URL".to_owned())?;
    if uri.scheme_str() != Some("https") {
        return Err("the notification URL is not https".to_owned());
    }
    let authority = uri.authority().ok_or("the notification URL names no host")?;
    let origin = Origin::new(Scheme::Https, authority.as_str()).map_err(|error| error.to_string())?;
    let port = origin.port.unwrap_or(Scheme::Https.default_port());
    let found: Vec<SocketAddr> = match origin.host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => tokio::net::lookup_host((origin.host.as_str(), port))
            .await
            .map_err(|error| format!("{} cannot be found: {error}", origin.host))?
            .collect(),
    };
    permitted(&origin.host, found)
}

/// One address that is refused is enough: who has such a name is up to nothing good.
fn permitted(host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, String> {
    for address in &found {
        if let Some(what) = refused_address(address.ip()) {
            return Err(format!("{host} leads to {}, {what}, where no notification goes", address.ip()));
        }
    }
    if found.is_empty() { Err(format!("{host} has no address")) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_as_bad_as_the_worst_of_its_addresses() {
        let of = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        assert!(permitted("mdm.example.test", of(&["17.0.0.1:443", "127.0.0.1:443"])).is_ok());
        let refused = permitted("mdm.example.test", of(&["17.0.0.1:443", "169.254.169.254:443"])).unwrap_err();
        assert!(refused.contains("169.254.169.254, a link-local address"), "{refused}");
        assert!(permitted("mdm.example.test", Vec::new()).is_err());
    }

    #[tokio::test]
    async fn an_address_in_any_writing_is_looked_at() {
        for url in
            ["https://169.254.169.254/", "https://[::ffff:a9fe:a9fe]/", "https://2852039166/", "http://127.0.0.1/"]
        {
            assert!(resolve(url).await.is_err(), "{url}");
        }
        assert_eq!(resolve("https://[::1]:9/a").await.unwrap(), ["[::1]:9".parse().unwrap()]);
    }
}
