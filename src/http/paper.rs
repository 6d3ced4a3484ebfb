//! Buffers that large answers are written into, used again.
//!
//! Memory that comes fresh from the system costs a page fault every 4 KiB, which is more than writing a page of devices into it. Large answers live
//! long where a journal keeps them, and the allocator gives such memory back to the system as soon as it is free. So what a journal forgets comes here.

use bytes::Bytes;
use parking_lot::Mutex;

/// Smaller ones are no trouble.
const LARGE: usize = 8 * 1024;
/// How many are kept.
const MOST: usize = 8;
/// The largest that is kept, in bytes.
const LARGEST: usize = 1024 * 1024;

static STACK: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// An empty buffer with room for `capacity` bytes.
pub fn sheet(capacity: usize) -> Vec<u8> {
    let used = if capacity < LARGE { None } else { fitting(capacity) };
    used.unwrap_or_else(|| Vec::with_capacity(capacity))
}

/// The newest that is large enough, and not far too large.
fn fitting(capacity: usize) -> Option<Vec<u8>> {
    let mut stack = STACK.lock();
    let place = stack.iter().rposition(|sheet| (capacity..=capacity.saturating_mul(2)).contains(&sheet.capacity()))?;
    Some(stack.remove(place))
}

/// Takes a body that is no longer wanted; only if nobody else has it.
pub fn give_back(body: Bytes) {
    if !(LARGE..=LARGEST).contains(&body.len()) {
        return;
    }
    let Ok(mut sheet) = body.try_into_mut() else { return };
    sheet.clear();
    let sheet = Vec::from(sheet);
    let mut stack = STACK.lock();
    let oldest = (stack.len() >= MOST).then(|| stack.remove(0));
    stack.push(sheet);
    drop(stack);
    drop(oldest);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A size that no other test asks for.
    const ODD: usize = 777_777;

    #[test]
    fn what_is_given_back_is_used_again_by_one() {
        let mut sheet = sheet(ODD);
        sheet.extend_from_slice(&[b'x'; 600_000]);
        let place = sheet.as_ptr();
        give_back(Bytes::from(sheet));
        let (again, another) = (super::sheet(ODD), super::sheet(ODD));
        assert!(again.is_empty() && again.capacity() >= ODD);
        assert_eq!(again.as_ptr(), place);
        assert_ne!(another.as_ptr(), place, "somebody writes there");
    }

    #[test]
    fn what_somebody_still_reads_is_not_written_over() {
        let body = Bytes::from(vec![b'x'; 888_888]);
        give_back(body.clone());
        let sheet = sheet(888_888);
        assert_ne!(sheet.as_ptr(), body.as_ptr());
    }
}
