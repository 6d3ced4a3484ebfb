//! Who is calling: the content token, in either of the places where clients put it.

use http::header::COOKIE;

use super::VPP_TOKEN;
use crate::http::Request;

/// The content token of a request: the cookie `itvt`, or Fleet's header `vpp-token`. Blanks and quotation marks around it do not count.
pub fn content_token(request: &Request) -> Option<String> {
    let cookies = request.head.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.split_once('='));
    let cookie = pairs.find(|(name, _)| name.trim() == "itvt").map(|(_, value)| value);
    let token = cookie.or_else(|| request.header(VPP_TOKEN))?.trim().trim_matches('"');
    (!token.is_empty()).then(|| token.to_owned())
}
