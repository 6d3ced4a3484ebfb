//! Apple's edge, through which every answer leaves.

use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::clock::Timestamp;
use crate::directory::Directory;
use crate::http::Response;
use crate::organization::{Books, Organization};

const REQUEST_UUID: HeaderName = HeaderName::from_static("x-apple-request-uuid");
const RESPONSE_TIME: HeaderName = HeaderName::from_static("x-apple-edge-response-time");

/// Puts on an answer the headers that the edge puts on every one, and the organisation's own time where that is not the wall clock's.
pub fn leave(directory: &Directory, organization: Option<&Organization>, response: &mut Response) {
    let [high, low] = organization.map_or_else(|| directory.next_answer(), Organization::next_answer);
    let headers = response.headers_mut();
    if let Ok(uuid) = HeaderValue::from_bytes(&request_uuid(high, low)) {
        headers.insert(REQUEST_UUID, uuid);
    }
    let millis = 20 + (low >> 8) % 60;
    if let Ok(time) = HeaderValue::from_str(itoa::Buffer::new().format(millis)) {
        headers.insert(RESPONSE_TIME, time);
    }
    let other = organization.filter(|organization| !organization.is_calm());
    if let Some(date) = other.and_then(|organization| organization.read(simulated_date)) {
        headers.insert(header::DATE, date);
    }
}

/// Gives an answer that stands in the place of the call's own what the edge put on that one; where none was made, what it puts on every one.
pub fn leave_instead(
    directory: &Directory,
    organization: Option<&Organization>,
    response: &mut Response,
    own: Option<&Response>,
) {
    let Some(own) = own else { return leave(directory, organization, response) };
    let passed = own.headers().iter().filter(|(name, _)| name.as_str().starts_with("x-") || *name == header::DATE);
    response.headers_mut().extend(passed.map(|(name, value)| (name.clone(), value.clone())));
}

/// The page that the edge shows for a service that is down.
pub fn page(status: StatusCode) -> String {
    let (code, reason) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
    format!(
        "<html><head><title>{code} {reason}</title></head><body><center><h1>{code} {reason}</h1></center></body></html>"
    )
}

/// A version 4 UUID in capitals, as Apple writes it, made of two numbers.
fn request_uuid(high: u64, low: u64) -> [u8; 36] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    const DASHES_BEFORE: [usize; 4] = [4, 6, 8, 10];
    let number = u128::from(high & !0xf000 | 0x4000) << 64 | u128::from(low & (u64::MAX >> 2) | 1 << 63);
    let mut text = [b'-'; 36];
    let mut place = 0;
    for (index, byte) in number.to_be_bytes().into_iter().enumerate() {
        place += usize::from(DASHES_BEFORE.contains(&index));
        text[place] = DIGITS[usize::from(byte >> 4)];
        text[place + 1] = DIGITS[usize::from(byte & 0xf)];
        place += 2;
    }
    text
}

fn simulated_date(books: &Books, now: Timestamp) -> Option<HeaderValue> {
    if books.clock.is_wall() { None } else { HeaderValue::try_from(now.http_date()).ok() }
}

#[cfg(test)]
mod tests {
    use super::request_uuid;

    #[test]
    fn a_request_uuid_is_one_of_version_4() {
        let uuid = |high, low| String::from_utf8(request_uuid(high, low).to_vec()).unwrap();
        assert_eq!(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u64::MAX, u64::MAX), "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF");
        assert_eq!(uuid(0x0123_4567_89AB_CDEF, 0x0123_4567_89AB_CDEF), "01234567-89AB-4DEF-8123-456789ABCDEF");
    }
}
